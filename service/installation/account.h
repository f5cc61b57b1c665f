// What the account of a service may do beyond what the service needs.
#pragma once

#include <string>

namespace overlap::installation {

enum class AccountPower : unsigned char {
  own,            // the virtual account of this service alone
  shared,         // another one: what it may do elsewhere, and who else uses it, is not known here
  administrator,  // LocalSystem, or a member of the administrators
};

// `account` as the service manager tells it, whose LocalSystem has an empty name too.
AccountPower power_of(const std::wstring& account);

}  // namespace overlap::installation
