// The source "Overlap" in the registry of the Event Log, without which Event Viewer shows ids in
// the place of sentences. Source: Microsoft, "Event Sources", "Message Files".
#pragma once

#include <string>

namespace overlap::ctl {

// `executable` has the message table. True if there was no such source before. Throws
// std::system_error.
bool register_event_source(const std::wstring& executable);
// Harmless if there is none. Throws std::system_error.
void remove_event_source();

}  // namespace overlap::ctl
