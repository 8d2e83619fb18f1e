// libpng's own header, wherever pkg-config finds it.
#include <png.h>
