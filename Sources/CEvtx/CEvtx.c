#include "CEvtx.h"
