# `make deb`: the program, its units, a default configuration and documentation as a Debian package.
# Libraries it needs are found by dpkg-shlibdeps. Included last: CPack reads what is set here.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON) # packaging needs the program, not the tests
if(CMAKE_INSTALL_PREFIX STREQUAL /usr/local) # the default
  set(CMAKE_INSTALL_PREFIX /usr)
endif()
set(package ${CMAKE_SOURCE_DIR}/deploy/debian)
set(doc share/doc/siahub)

target_link_options(siahub PRIVATE LINKER:-z,relro,-z,now)
install(TARGETS siahub RUNTIME DESTINATION bin)
install(FILES ${CMAKE_SOURCE_DIR}/deploy/systemd/siahub.service
              ${CMAKE_SOURCE_DIR}/deploy/systemd/siahub-cas@.service
              ${CMAKE_SOURCE_DIR}/deploy/systemd/siahub-gateway@.service
              ${CMAKE_SOURCE_DIR}/deploy/systemd/siahub-hf-proxy.service
        DESTINATION /lib/systemd/system)
install(FILES ${package}/siahub.toml DESTINATION /etc/siahub)
install(FILES ${CMAKE_SOURCE_DIR}/docs/configuration.md ${CMAKE_SOURCE_DIR}/docs/hf-proxy.md
              ${CMAKE_SOURCE_DIR}/docs/deployment.md ${package}/copyright DESTINATION ${doc})
install(FILES ${CMAKE_SOURCE_DIR}/deploy/Caddyfile ${CMAKE_SOURCE_DIR}/deploy/Caddyfile.single
              ${CMAKE_SOURCE_DIR}/deploy/common.caddy ${CMAKE_SOURCE_DIR}/deploy/nginx.conf
        DESTINATION ${doc}/examples)

install(FILES ${package}/lintian-overrides DESTINATION share/lintian/overrides RENAME siahub)
# The console, where the program looks for it. Which files, if any, is said when the package is made (tools/deb.sh);
# `cmake --install` takes those of the source tree. The manifest of the build is nobody's business.
install(CODE "
  set(console \"\$ENV{SIAHUB_CONSOLE_FILES}\")
  if(console STREQUAL \"\")
    set(console ${CMAKE_SOURCE_DIR}/console/dist)
  endif()
  if(EXISTS \"\${console}/index.html\")
    file(INSTALL \"\${console}/\" DESTINATION \"\${CMAKE_INSTALL_PREFIX}/share/siahub/console\"
         PATTERN .vite EXCLUDE)
  endif()")

# Debian wants these two compressed, and always to the same bytes.
foreach(text IN ITEMS changelog siahub.1)
  add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/${text}.gz
    COMMAND sh -c "gzip -9nc ${package}/${text} >${CMAKE_BINARY_DIR}/${text}.gz"
    DEPENDS ${package}/${text} VERBATIM)
endforeach()
add_custom_target(package_texts
  DEPENDS ${CMAKE_BINARY_DIR}/changelog.gz ${CMAKE_BINARY_DIR}/siahub.1.gz)
install(FILES ${CMAKE_BINARY_DIR}/changelog.gz DESTINATION ${doc} RENAME changelog.gz)
install(FILES ${CMAKE_BINARY_DIR}/siahub.1.gz DESTINATION share/man/man1)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME siahub)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "SiaHub developers <siahub@lists.example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "model hub for the clients of Hugging Face")
set(CPACK_PACKAGE_DESCRIPTION
"Serves models, datasets and spaces to unmodified Hugging Face clients, in both
directions: repositories by the Hub API, large files by the Xet protocol and
Git LFS, with deduplication and resumed transfers.
.
One process with SQLite and a data directory is enough; the same program runs
as several processes on PostgreSQL and Redis behind a reverse proxy, or in
front of another hub.")
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "caddy, postgresql, redis-server")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${package}/conffiles ${package}/postinst ${package}/prerm ${package}/postrm)
include(CPack)
