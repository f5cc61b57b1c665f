// The commands that mend what an inspection finds.
#pragma once

#include "service/installation/plan.h"

namespace overlap::installation {

// `overlapctl install` with the options that make this plan, whatever is installed; the account is
// always among them, since one that is not said is kept.
std::string install_command(const Plan& plan);
// Gives the service the rights to change what is in a folder.
std::string grant_command(const std::wstring& folder);
// Makes administrators the owner of it and of all that is below, with the rights that are inherited
// and no others.
std::string own_command(const std::wstring& path);

}  // namespace overlap::installation
