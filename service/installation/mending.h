// The commands that mend what an inspection finds.
#pragma once

#include "service/installation/plan.h"

namespace overlap::installation {

// `overlapctl install` with the options that make this plan.
std::string install_command(const Plan& plan);
// Gives the service the rights to change what is in a folder.
std::string grant_command(const std::wstring& folder);
// Makes administrators the owner.
std::string own_command(const std::wstring& path);

}  // namespace overlap::installation
