# Embeds api/openapi.yaml into siahub_cas: a hub answers GET /api/openapi.yaml whether or not it has
# a console.
function(siahub_embed_api_document)
  set(document ${CMAKE_SOURCE_DIR}/api/openapi.yaml)
  set(generated ${CMAKE_BINARY_DIR}/api_document_text.cpp)
  add_custom_command(
    OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${generated} -DDOCUMENT=${document}
            -P ${CMAKE_SOURCE_DIR}/cmake/WriteApiDocument.cmake
    DEPENDS ${document} ${CMAKE_SOURCE_DIR}/cmake/WriteApiDocument.cmake
    COMMENT "Embedding the API's document" VERBATIM)
  target_sources(siahub_cas PRIVATE ${generated})
endfunction()
