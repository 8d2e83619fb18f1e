// The two Graphviz headers ConvScope needs: contexts with rendering (gvc) and graphs (cgraph).
#include <graphviz/gvc.h>
#include <graphviz/cgraph.h>
