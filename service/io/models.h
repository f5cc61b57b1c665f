// The one list of I/O models. A fifth costs its header and a line here.
#pragma once

#include "service/io/apc_model.h"
#include "service/io/asio_model.h"
#include "service/io/device_model.h"
#include "service/io/event_model.h"

namespace overlap::io {

template <class... Models>
struct ModelList {};

using Models = ModelList<DeviceModel, EventModel, ApcModel, AsioModel>;

}  // namespace overlap::io
