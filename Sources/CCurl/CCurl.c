#include "CCurl.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *bytes;
    size_t length;
    size_t position;
} source;

static size_t read_message(char *buffer, size_t size, size_t count, void *context) {
    source *from = context;
    size_t space = size * count;
    size_t left = from->length - from->position;
    size_t taken = left < space ? left : space;
    memcpy(buffer, from->bytes + from->position, taken);
    from->position += taken;
    return taken;
}

int tocsin_curl_prepare(void) { return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : 1; }

static int is_connection_failure(CURLcode code) {
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED:
    case CURLE_GOT_NOTHING:
    case CURLE_LOGIN_DENIED:
    case CURLE_SSL_CACERT_BADFILE:
        return 1;
    default:
        return 0;
    }
}

static CURLcode configure(CURL *handle, const tocsin_smtp_request *request, struct curl_slist *recipients,
                          source *message, char *error) {
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, request->sender);
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, read_message);
    curl_easy_setopt(handle, CURLOPT_READDATA, message);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->message_length);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, request->connect_timeout_ms);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, request->timeout_ms);
    curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, request->timeout_ms / 1000 + 1);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    if (request->security != TOCSIN_SMTP_PLAIN) curl_easy_setopt(handle, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    if (request->ca_file) curl_easy_setopt(handle, CURLOPT_CAINFO, request->ca_file);
    if (request->username) curl_easy_setopt(handle, CURLOPT_USERNAME, request->username);
    if (request->password) curl_easy_setopt(handle, CURLOPT_PASSWORD, request->password);
    if (request->login_options) curl_easy_setopt(handle, CURLOPT_LOGIN_OPTIONS, request->login_options);
    return curl_easy_setopt(handle, CURLOPT_URL, request->url);
}

tocsin_smtp_result tocsin_smtp_send(const tocsin_smtp_request *request) {
    tocsin_smtp_result result = {.code = -1, .is_temporary = 1};
    char error[CURL_ERROR_SIZE] = "";
    source message = {request->message, request->message_length, 0};
    CURL *handle = curl_easy_init();
    struct curl_slist *recipients = NULL;
    for (size_t index = 0; handle && index < request->recipient_count; index++) {
        struct curl_slist *longer = curl_slist_append(recipients, request->recipients[index]);
        if (!longer) break;
        recipients = longer;
    }
    if (!handle || !recipients) {
        snprintf(result.reason, sizeof result.reason, "libcurl could not be prepared (out of memory)");
    } else {
        CURLcode code = configure(handle, request, recipients, &message, error);
        if (code == CURLE_OK) code = curl_easy_perform(handle);
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &result.response);
        result.code = (int)code;
        result.is_temporary = is_connection_failure(code);
        snprintf(result.reason, sizeof result.reason, "%s", error[0] ? error : curl_easy_strerror(code));
    }
    curl_slist_free_all(recipients);
    if (handle) curl_easy_cleanup(handle);
    return result;
}
