// What lies in the folder of the configuration already: it was made when others may have been able
// to make files there.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "service/installation/rights.h"

namespace overlap::installation {

using Look = std::function<Access(const std::wstring& path)>;

// Throws Refusal with the first file or folder below `folder` that others than administrators and
// the service own or may change, or that cannot be looked at: whoever owns the token or the users
// manages the service. `except` is not looked into: the served folder, where clients' own rights
// may hold. `account` is another trusted owner, as a SID or empty: the account of the service.
// Of a link the link counts, and not what it leads to. Throws what `look` throws.
void refuse_what_others_hold(const std::wstring& folder, const std::wstring& except,
                             const std::wstring& account, const Look& look = access_to_entry);

}  // namespace overlap::installation
