#include "admin/ctl/field.h"

#include <boost/json/serialize.hpp>
#include <utility>

namespace overlap::ctl {

Field Field::operator[](std::string_view name) const {
  const auto* object = value_ ? value_->if_object() : nullptr;
  const auto* member = object ? object->if_contains(name) : nullptr;
  return member ? Field(*member) : Field();
}

Field Field::at(std::string_view path) const {
  Field field = *this;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    field = field[path.substr(0, dot)];
    path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
  }
  return field;
}

std::vector<Field> Field::items() const {
  std::vector<Field> items;
  if (const auto* array = value_ ? value_->if_array() : nullptr) {
    for (const auto& item : *array) items.emplace_back(item);
  }
  return items;
}

std::vector<std::pair<std::string, Field>> Field::members() const {
  std::vector<std::pair<std::string, Field>> members;
  if (const auto* object = value_ ? value_->if_object() : nullptr) {
    for (const auto& member : *object) members.emplace_back(member.key(), member.value());
  }
  return members;
}

double Field::number() const noexcept {
  if (!value_) return 0;
  if (const auto* number = value_->if_double()) return *number;
  if (const auto* number = value_->if_int64()) return static_cast<double>(*number);
  if (const auto* number = value_->if_uint64()) return static_cast<double>(*number);
  return 0;
}

bool Field::yes() const noexcept {
  const bool* value = value_ ? value_->if_bool() : nullptr;
  return value && *value;
}

std::string Field::text() const {
  if (!known()) return {};
  if (const auto* string = value_->if_string()) return std::string(*string);
  return boost::json::serialize(*value_);
}

std::string Field::text_or_dash() const {
  std::string value = text();
  return value.empty() ? "-" : value;
}

}  // namespace overlap::ctl
