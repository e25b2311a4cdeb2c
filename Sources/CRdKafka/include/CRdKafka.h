#pragma once
// The face of librdkafka (Debian librdkafka-dev) that Tocsin uses, with the mock cluster that tests run against.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
