#ifndef TOCSIN_CCURL_H
#define TOCSIN_CCURL_H

#include <stddef.h>

// The face of libcurl that Tocsin uses: handing one message to a mail server (RFC 5321). All strings end with NUL;
// optional ones may be NULL. The call blocks.

enum {
    TOCSIN_SMTP_PLAIN = 0,      // no encryption
    TOCSIN_SMTP_STARTTLS = 1,   // refuse to go on without STARTTLS
    TOCSIN_SMTP_TLS = 2         // TLS from the first byte
};

typedef struct {
    const char *url;                 // smtp://host:port/helo-name, smtps:// for TLS
    int security;
    const char *username;            // optional
    const char *password;            // optional
    const char *login_options;       // optional, such as AUTH=PLAIN
    const char *sender;
    const char *const *recipients;
    size_t recipient_count;
    const char *message;
    size_t message_length;
    const char *ca_file;             // optional
    long connect_timeout_ms;
    long timeout_ms;
} tocsin_smtp_request;

typedef struct {
    int code;               // 0 when the server took the message, else libcurl's code
    long response;          // the server's last answer, such as 250 or 550; 0 when there was none
    int is_temporary;       // whether the connection failed, as against a refusal
    char reason[512];       // in words
} tocsin_smtp_result;

/// Prepares the library; to be called once before any message, and cheap when called again from one thread.
int tocsin_curl_prepare(void);

/// Hands a message over.
tocsin_smtp_result tocsin_smtp_send(const tocsin_smtp_request *request);

#endif
