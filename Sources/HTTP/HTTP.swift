// HTTP/1.1 over libmicrohttpd, every size limited.
