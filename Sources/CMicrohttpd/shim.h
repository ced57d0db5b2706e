#pragma once
#include <microhttpd.h>
#include <string.h>
#include <sys/socket.h>

// Swift imports neither variadic functions nor their enum-typed tails: each one we need has a twin
// of fixed arity here.

struct assay_mhd_settings {
    int listen_socket;
    unsigned int connections_max;
    unsigned int idle_seconds_max;
    size_t connection_memory_bytes;
};

/// Leaves request targets percent-encoded; Swift decodes them and can refuse.
static inline size_t assay_mhd_keep_escapes(void *context, struct MHD_Connection *connection,
                                            char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

/// Starts one epoll thread that may suspend connections, silent, strict about requests.
static inline struct MHD_Daemon *assay_mhd_start(struct assay_mhd_settings settings,
                                                 MHD_AccessHandlerCallback answer,
                                                 MHD_RequestCompletedCallback completed,
                                                 void *context) {
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME, 0, NULL, NULL, answer, context,
        MHD_OPTION_LISTEN_SOCKET, settings.listen_socket,
        MHD_OPTION_CONNECTION_LIMIT, settings.connections_max,
        MHD_OPTION_CONNECTION_TIMEOUT, settings.idle_seconds_max,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, settings.connection_memory_bytes,
        MHD_OPTION_NOTIFY_COMPLETED, completed, context,
        MHD_OPTION_UNESCAPE_CALLBACK, assay_mhd_keep_escapes, NULL,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_END);
}

/// The peer's address, owned by the connection.
static inline const struct sockaddr *assay_mhd_peer(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}

/// The connection's socket, owned by the connection, or -1.
static inline int assay_mhd_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}
