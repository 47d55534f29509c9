# Writes OUTPUT, the source that defines siahub::sia::kBip39Words from SOURCES, one word a line.
file(STRINGS ${SOURCES} words)
list(LENGTH words count)
if(NOT count EQUAL 2048)
  message(FATAL_ERROR "${SOURCES} has ${count} words instead of 2048")
endif()
list(TRANSFORM words REPLACE "^(.+)$" "    \"\\1\",\n")
string(JOIN "" lines ${words})
file(WRITE ${OUTPUT} "#include \"sia/bip39_words.hpp\"\n\nnamespace siahub::sia {\n\n"
     "const std::array<std::string_view, 2048> kBip39Words = {\n${lines}};\n\n"
     "}  // namespace siahub::sia\n")
