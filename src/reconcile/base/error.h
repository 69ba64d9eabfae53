#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace reconcile {

/// Base of everything the library throws. A message says where, the value given, the rule, what to do.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A value that the caller gave breaks a rule.
class InvalidArgument : public Error {
 public:
  using Error::Error;
};

/// The contents of a file, or the file itself, are not what they should be.
class DataError : public Error {
 public:
  using Error::Error;
};

/// Something cannot be written: the disk is full, a folder is read-only.
class WriteError : public Error {
 public:
  using Error::Error;
};

/// A checkpoint, a layout or the order of calls does not fit.
class StateError : public Error {
 public:
  using Error::Error;
};

/// A loss or a gradient is not finite.
class NotFinite : public StateError {
 public:
  using StateError::StateError;
};

/// Throws an E whose message is the formatted text.
template <class E, class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw E(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace reconcile
