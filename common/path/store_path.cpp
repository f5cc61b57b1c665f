#include "common/path/store_path.h"

namespace overlap {

std::string_view StorePath::file_name() const noexcept {
  const std::string_view text = text_;
  const auto slash = text.rfind('/');
  return slash == std::string_view::npos ? text : text.substr(slash + 1);
}

}  // namespace overlap
