// The folders of an installation: that of the configuration (and of all that the service keeps
// beside it), and the served one.
#pragma once

#include <memory>
#include <string>

#include "service/installation/steps.h"

namespace overlap::installation {

// Makes the folder of the configuration file if it is missing. The default one always gets its
// rights; another one only if it was made: it may hold what belongs to others. What lies in the
// default one already and is not the administrators' or the service's is refused.
std::unique_ptr<Step> make_state_folder_step(const Plan& plan);
// Makes the served folder of the configuration if it is missing; one that is there keeps its
// rights, and what the service lacks is a warning. So is a served folder that holds what clients
// must not read or replace. To be made after the configuration.
std::unique_ptr<Step> make_served_folder_step(const Plan& plan);

// Deletes the folder with all that is in it, and never what a link (a reparse point) in it leads
// to. Harmless if it is missing. Throws std::system_error that names the first path that stays,
// after having deleted all that it could.
void remove_folder(const std::wstring& folder);

}  // namespace overlap::installation
