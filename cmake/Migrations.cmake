# Embeds src/db/migrations/NNNN_name.sql into siahub_db, so that the program carries its schema.
function(siahub_embed_migrations)
  file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/db/migrations/*.sql)
  list(SORT scripts)
  set(generated ${CMAKE_BINARY_DIR}/migrations.cpp)
  add_custom_command(
    OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${generated} "-DSCRIPTS=${scripts}"
            -P ${CMAKE_SOURCE_DIR}/cmake/WriteMigrations.cmake
    DEPENDS ${scripts} ${CMAKE_SOURCE_DIR}/cmake/WriteMigrations.cmake
    COMMENT "Embedding migrations" VERBATIM)
  target_sources(siahub_db PRIVATE ${generated})
endfunction()
