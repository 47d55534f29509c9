# Writes OUTPUT, the source that defines siahub::db::embedded_migrations() from SOURCES.
set(text "#include \"db/migrations.hpp\"\n\nnamespace siahub::db {\nnamespace {\n"
         "constexpr Migration kMigrations[] = {\n")
string(CONCAT text ${text})
foreach(script IN LISTS SOURCES)
  get_filename_component(name ${script} NAME_WE)
  if(NOT name MATCHES "^0*([0-9]+)_([a-z0-9_]+)$")
    message(FATAL_ERROR "${script}: a migration is called NNNN_what_it_does.sql")
  endif()
  set(version ${CMAKE_MATCH_1})
  set(title ${CMAKE_MATCH_2})
  file(READ ${script} sql)
  string(APPEND text "    {${version}, \"${title}\", R\"sql(${sql})sql\"},\n")
endforeach()
string(APPEND text "};\n}  // namespace\n\n"
       "std::span<const Migration> embedded_migrations() {\n    return kMigrations;\n}\n\n"
       "}  // namespace siahub::db\n")
file(WRITE ${OUTPUT} "${text}")
