// The Event Log as an output of the log: a sink of Boost.Log whose queue collapses repeats. Boost's
// asynchronous frontend cannot serve: a window must end also if no record comes any more.
#pragma once

#include <boost/log/core/record_view.hpp>
#include <boost/log/sinks/basic_sink_frontend.hpp>
#include <boost/log/sinks/event_log_backend.hpp>
#include <boost/smart_ptr/shared_ptr.hpp>

#include "service/log/collapsing_queue.h"
#include "service/log/log.h"

namespace overlap::log {

class EventLogSink final : public boost::log::sinks::basic_sink_frontend {
 public:
  // A service registers the source, with this executable as its message file, if that was not done
  // at installation and its account may. Throws if there is no Event Log service.
  explicit EventLogSink(Console console);
  // The destructor tells all that was consumed.

  void consume(const boost::log::record_view& record) override;
  void flush() override {}  // nobody needs it: the queue is never idle while it has something

 private:
  using Record = boost::log::record_view;

  void tell(const Record& record) noexcept;

  const boost::shared_ptr<boost::log::sinks::wevent_log_backend> backend_;
  CollapsingQueue<Record> queue_;  // last: its thread uses the backend
};

}  // namespace overlap::log
