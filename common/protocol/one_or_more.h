// A list that allocates nothing while it holds a single element, which is nearly always.
#pragma once

#include <cstddef>
#include <vector>

namespace overlap::protocol {

template <class T>
class OneOrMore {
 public:
  OneOrMore() = default;
  OneOrMore(const T& only) : one_(only), size_(1) {}  // NOLINT(google-explicit-constructor)

  // Throws std::bad_alloc from the second element on.
  void push_back(const T& value) {
    if (size_ == 0) {
      one_ = value;
    } else {
      if (size_ == 1) more_.assign(1, one_);
      more_.push_back(value);
    }
    ++size_;
  }

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  const T* begin() const noexcept { return size_ > 1 ? more_.data() : &one_; }
  const T* end() const noexcept { return begin() + size_; }
  const T& operator[](std::size_t i) const noexcept { return begin()[i]; }

 private:
  T one_{};
  std::vector<T> more_;  // all of them once there are two
  std::size_t size_ = 0;
};

}  // namespace overlap::protocol
