// Answers of the API as text for people: one function an answer. Pure.
#pragma once

#include <string>

#include "admin/ctl/field.h"
#include "admin/ctl/table.h"

namespace overlap::ctl {

// GET /api/v1/service, /listeners and /findings.
std::string view_status(Field service, Field listeners, Field findings, const Layout& layout);
std::string view_models(Field models, const Layout& layout);  // GET /api/v1/models
std::string view_model(Field model, const Layout& layout);    // GET /api/v1/models/{name}
std::string view_listeners(Field listeners, const Layout& layout);
std::string view_connections(Field connections, const Layout& layout);
std::string view_live_transfers(Field transfers, const Layout& layout);
std::string view_finished_transfers(Field transfers, const Layout& layout);
std::string view_uploads(Field uploads, const Layout& layout);
std::string view_findings(Field findings, const Layout& layout);
std::string view_config(Field config);  // as TOML

// Lines that follow each other without a table around them.
std::string view_event(Field event, const Layout& layout);
std::string view_finished_transfer(Field transfer, const Layout& layout);
// "Listener device: running on 127.0.0.1:8101 by device, 3 connections."
std::string view_listener_line(Field listener);

// What several views need.
std::string address_of(Field listener);        // "127.0.0.1:8101", "[::1]:8101"
std::string progress_of(Field live_transfer);  // "45%", or how much if the end is not known
Colour colour_of_severity(const std::string& severity) noexcept;
Colour colour_of_phase(const std::string& listener_phase) noexcept;

}  // namespace overlap::ctl
