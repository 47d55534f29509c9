# Writes OUTPUT, the source that defines siahub::cas::kApiDocument from SOURCES.
file(READ ${SOURCES} text)
file(WRITE ${OUTPUT} "#include \"cas/api_document.hpp\"\n\nnamespace siahub::cas {\n\n"
     "const std::string_view kApiDocument = R\"openapi(${text})openapi\";\n\n}  // namespace siahub::cas\n")
