// The source "Overlap" in the registry of the Event Log, without which Event Viewer shows ids in
// the place of sentences. Source: Microsoft, "Event Sources", "Message Files".
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "service/installation/registry.h"
#include "service/installation/steps.h"

namespace overlap::installation {

// The executable has the message table. A registry that does not take it is a warning, but for a
// lack of rights.
std::unique_ptr<Step> make_event_source_step(const Plan& plan);
// Harmless if there is none. Throws std::system_error.
void remove_event_source();

// Below HKEY_LOCAL_MACHINE.
std::wstring event_source_key();
// The values of that key, by their names.
std::vector<std::pair<const wchar_t*, Value>> event_source_values(const Plan& plan);

}  // namespace overlap::installation
