# Files that the program carries within itself. Each is written as a source by a script of its own,
# cmake/Write*.cmake, which takes the files as SOURCES and writes OUTPUT.
function(siahub_embed layer generated script)
  set(generated ${CMAKE_BINARY_DIR}/${generated})
  set(script ${CMAKE_SOURCE_DIR}/cmake/${script})
  add_custom_command(
    OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${generated} "-DSOURCES=${ARGN}" -P ${script}
    DEPENDS ${ARGN} ${script}
    COMMENT "Embedding files into ${layer}" VERBATIM)
  target_sources(siahub_${layer} PRIVATE ${generated})
endfunction()

function(siahub_embed_files)
  file(GLOB migrations CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/db/migrations/*.sql)
  list(SORT migrations)
  siahub_embed(db migrations.cpp WriteMigrations.cmake ${migrations})

  # The 2048 words of recovery phrases are data of others: they come from Debian's python3-mnemonic
  # at build time instead of being copied into this repository.
  find_file(BIP39_WORDS mnemonic/wordlist/english.txt PATHS /usr/lib/python3/dist-packages
            NO_DEFAULT_PATH REQUIRED)
  siahub_embed(sia bip39_words.cpp WriteWordList.cmake ${BIP39_WORDS})

  # A hub answers GET /api/openapi.yaml whether or not it has a console.
  siahub_embed(cas api_document_text.cpp WriteApiDocument.cmake ${CMAKE_SOURCE_DIR}/api/openapi.yaml)
endfunction()
