#include "CExpat.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

struct tocsin_xml {
    tocsin_xml_start start;
    tocsin_xml_end end;
    tocsin_xml_text text;
    void *context;
};

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attributes) {
    struct tocsin_xml *xml = data;
    xml->start(xml->context, name, attributes);
}

static void XMLCALL on_end(void *data, const XML_Char *name) {
    struct tocsin_xml *xml = data;
    xml->end(xml->context, name);
}

static void XMLCALL on_text(void *data, const XML_Char *text, int length) {
    struct tocsin_xml *xml = data;
    xml->text(xml->context, text, (size_t)length);
}

tocsin_xml_fault tocsin_xml_parse(
    const char *bytes, size_t count, void *context, tocsin_xml_start start, tocsin_xml_end end, tocsin_xml_text text) {
    tocsin_xml_fault fault = {NULL, 0};
    XML_Parser parser = XML_ParserCreate("UTF-8");
    if (parser == NULL || count > 0x7FFFFFFF) {
        fault.message = "no memory";
        XML_ParserFree(parser);
        return fault;
    }
    struct tocsin_xml xml = {start, end, text, context};
    XML_SetUserData(parser, &xml);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    if (XML_Parse(parser, bytes, (int)count, 1) == XML_STATUS_ERROR) {
        fault.message = XML_ErrorString(XML_GetErrorCode(parser));
        fault.offset = (size_t)XML_GetCurrentByteIndex(parser);
    }
    XML_ParserFree(parser);
    return fault;
}
