# The 2048 words of recovery phrases are data of others: they come from Debian's python3-mnemonic at
# build time instead of being copied into this repository.
find_file(BIP39_WORDS mnemonic/wordlist/english.txt PATHS /usr/lib/python3/dist-packages
          NO_DEFAULT_PATH REQUIRED)

function(siahub_embed_word_list)
  set(generated ${CMAKE_BINARY_DIR}/bip39_words.cpp)
  add_custom_command(
    OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${generated} -DWORDS=${BIP39_WORDS}
            -P ${CMAKE_SOURCE_DIR}/cmake/WriteWordList.cmake
    DEPENDS ${BIP39_WORDS} ${CMAKE_SOURCE_DIR}/cmake/WriteWordList.cmake
    COMMENT "Embedding the words of recovery phrases" VERBATIM)
  target_sources(siahub_sia PRIVATE ${generated})
endfunction()
