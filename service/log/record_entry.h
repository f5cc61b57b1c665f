// Where a record of Boost.Log keeps its Entry. Internal to this folder.
#pragma once

#include <boost/log/attributes/value_extraction.hpp>
#include <boost/log/core/record_view.hpp>

#include "service/log/outputs.h"

namespace overlap::log {

inline constexpr char entry_attribute[] = "Entry";

inline const Entry& entry_of(const boost::log::record_view& record) {
  return *boost::log::extract<Entry>(entry_attribute, record);
}

}  // namespace overlap::log
