// What an answer of the API holds, without a word on what it lacks: an older or newer service may
// leave members out, and a table then has a "-" in their place.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace overlap::ctl {

// A view; what it is of must outlive it.
class Field {
 public:
  Field() = default;
  Field(const boost::json::value& value) : value_(&value) {}  // NOLINT: a view converts

  // The member of that name; absent if there is none or this is no object.
  Field operator[](std::string_view name) const;
  // Members of members: "queue.in_flight.total".
  Field at(std::string_view path) const;
  std::vector<Field> items() const;  // of an array; none of anything else
  std::vector<std::pair<std::string, Field>> members() const;

  bool known() const noexcept { return value_ && !value_->is_null(); }
  double number() const noexcept;  // 0 if it is none
  bool is_number() const noexcept { return value_ && value_->is_number(); }
  bool yes() const noexcept;         // true
  std::string text() const;          // of a string; of anything else its JSON; "" if not known
  std::string text_or_dash() const;  // "-" if not known or empty

  // format(number()), or "-" if it is none.
  template <class Format>
  std::string show(Format format) const {
    return is_number() ? std::string(format(number())) : "-";
  }

 private:
  const boost::json::value* value_ = nullptr;
};

}  // namespace overlap::ctl
