//! The one table of causes: what can have happened to a webhook on its way, and what to do about it.
//!
//! Numbers are never reused. Texts are lower case without a full stop, and for operators only.

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CauseInfo {
    /// The stable number, the same in every language.
    pub number: u32,
    /// The stable name, such as `body_newline_added`.
    pub name: &'static str,
    /// What the amount of a [`WebhookCause`](crate::facade::WebhookCause) counts, negative for what is missing; empty if there is none.
    pub unit: &'static str,
    /// What happened.
    pub happened: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

macro_rules! table {
    ($($variant:ident $number:literal $name:literal $unit:literal $happened:literal, $remedy:literal;)*) => {
        /// A known mistake that makes a genuine webhook fail: one variant per row of the table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u32)]
        pub enum CauseKind {
            $(#[doc = concat!("`", $name, "`: ", $happened, ".")] $variant = $number,)*
        }

        impl CauseKind {
            /// The row of this cause.
            #[must_use]
            pub fn info(self) -> &'static CauseInfo {
                match self {
                    $(Self::$variant => &CauseInfo {
                        number: $number, name: $name, unit: $unit, happened: $happened, remedy: $remedy,
                    },)*
                }
            }

            /// The stable name, such as `body_newline_added`.
            #[must_use]
            pub fn name(self) -> &'static str {
                self.info().name
            }
        }

        /// Every cause, in order of number.
        pub(crate) static ALL: &[CauseKind] = &[$(CauseKind::$variant,)*];
    };
}

//  variant               number name                      unit  happened, remedy
table! {
    BodyReserializedCompact  101 "body_reserialized_compact" "bytes"
        "the JSON body was parsed and written again without blanks", "verify the bytes as they arrived, before any JSON parser";
    BodyReserializedSpaced   102 "body_reserialized_spaced" "bytes"
        "the JSON body was parsed and written again with other blanks", "verify the bytes as they arrived, before any JSON parser";
    BodyPrettyPrinted        103 "body_pretty_printed" "bytes"
        "the JSON body was parsed and written again with line breaks and indents", "verify the bytes as they arrived, before any JSON parser";
    BodyUnicodeUnescaped     104 "body_unicode_unescaped" "bytes"
        "the \\u escapes of the JSON body were decoded", "verify the bytes as they arrived, before any JSON parser";
    BodyUnicodeEscaped       105 "body_unicode_escaped" "bytes"
        "characters of the JSON body were turned into \\u escapes", "verify the bytes as they arrived, before any JSON parser";
    BodySlashUnescaped       106 "body_slash_unescaped" "bytes"
        "the \\/ escapes of the JSON body were decoded", "verify the bytes as they arrived, before any JSON parser";
    BodySlashEscaped         107 "body_slash_escaped" "bytes"
        "slashes of the JSON body were escaped as \\/", "verify the bytes as they arrived, before any JSON parser";
    BodyHtmlUnescaped        108 "body_html_unescaped" "bytes"
        "the JSON body had characters such as <, & or @ as \\u escapes, and they were decoded", "verify the bytes as they arrived, before any JSON parser";
    BodyJsonString           109 "body_json_string" "bytes"
        "the body was put into quotes as a JSON text", "verify the bytes as they arrived; something called a JSON writer on a text";
    BodyFormReencoded        110 "body_form_reencoded" "bytes"
        "the form body was parsed and encoded again", "verify the bytes as they arrived, before any form parser";
    BodyHtmlEscaped          111 "body_html_escaped" "bytes"
        "characters of the JSON body such as <, > and & were turned into \\u escapes", "verify the bytes as they arrived, before any JSON parser; Go's json.Marshal writes so";
    BodyBackslashes          112 "body_backslashes" "bytes"
        "backslashes were put before the quotes of the body", "pass the body itself: not from a log that prints it as a literal, and without what adds slashes, such as WordPress";
    BodyLogEscapes           113 "body_log_escapes" "bytes"
        "bytes of the body were written as escapes such as \\x22", "pass the body itself, not from a log: nginx writes its own so";
    BodyEntities             114 "body_entities" "bytes"
        "characters of the body were written as HTML entities such as &quot;", "pass the body itself, not from a page";
    BodyNewlineAdded         121 "body_newline_added" "bytes"
        "a line break was added at the end of the body", "remove what adds it: often an editor, echo, or a template";
    BodyNewlineRemoved       122 "body_newline_removed" "bytes"
        "the line break at the end of the body was removed", "do not trim the body";
    BodyCrlf                 123 "body_crlf" "bytes"
        "line feeds of the body became CR LF", "read and store the body as bytes, not in text mode";
    BodyLf                   124 "body_lf" "bytes"
        "the CR LF of the body became line feeds", "read and store the body as bytes, not in text mode";
    BodyBomAdded             125 "body_bom_added" "bytes"
        "a byte order mark was put before the body", "write the body without a byte order mark";
    BodyBomRemoved           126 "body_bom_removed" "bytes"
        "the byte order mark of the body was removed", "read the body as bytes, not as text";
    BodyDoubleEncoded        127 "body_double_encoded" "bytes"
        "the UTF-8 body was read as Latin-1 and encoded as UTF-8 again", "read the body as bytes, not as text";
    BodyLineBreaksRemoved    128 "body_line_breaks_removed" "bytes"
        "the line breaks of the body were removed", "send files with curl's --data-binary: -d takes the line breaks out";
    BodyBlanksAdded          129 "body_blanks_added" "bytes"
        "blanks or line breaks were added around the body", "remove what adds them: often an editor, a shell, or a template";
    BodyIsBase64             131 "body_is_base64_of_signed" "bytes"
        "the body is the base64 of the signed one", "decode it first; gateways say so with a flag such as isBase64Encoded";
    BodyBase64Decoded        132 "body_base64_decoded" "bytes"
        "the sender signed base64, and the body was decoded", "verify the base64 text as it arrived";
    BodyFormField            133 "body_form_field" "bytes"
        "the sender signed a form, and the body is one field of it, decoded", "verify the form text as it arrived, or have the sender use the content type application/json if it can";
    BodyFormAsJson           134 "body_form_as_json" "bytes"
        "the sender signed a form, and the body is its fields as JSON", "verify the form text as it arrived, before any form parser";
    BodyUtf16                135 "body_utf16" "bytes"
        "the body was written in UTF-16", "write it as bytes or in UTF-8: PowerShell has -Encoding for it";
    BodyLatin1               136 "body_latin1" "bytes"
        "the UTF-8 body was written in Latin-1", "read and store the body as bytes, not as text";
    BodyPercentEncoded       137 "body_percent_encoded" "bytes"
        "the body was percent-encoded", "pass the body as it arrived, not as a part of a URL or a form";
    BodyIsEvent              138 "body_is_event" ""
        "this is the event of a gateway, which has the body in it", "verify its body, decoded if isBase64Encoded says so, with its headers";
    BodyEmpty                141 "body_empty" ""
        "nothing is left of the body, but the scheme signs it", "something read the body before: verify first, or keep the raw bytes";
    BodyNotRaw               142 "body_not_raw" ""
        "the body is the text form of an object of the program", "pass the raw bytes, not a parsed object";
    BodyLengthDiffers        143 "body_length_differs" "bytes"
        "the body is not as long as Content-Length says", "look for a size limit, or a step that changes the body";
    BodyDecompressed         144 "body_decompressed" ""
        "Content-Encoding names a compression, but the body is not compressed", "ask the sender which form it signs; verify before decompression";
    BodyReplacementCharacter 145 "body_replacement_character" "offset"
        "the body holds the replacement character of a text decoder", "read the body as bytes: what was not UTF-8 is lost";
    BodyChanged              146 "body_changed" ""
        "the signature of the URL is good, but the body is another", "verify the bytes as they arrived, before any parser";
    BodyTooLarge             147 "body_too_large" "bytes"
        "the body is longer than the verifier allows", "raise the limit if the sender is known to send such bodies";
    BodyCompressed           148 "body_compressed" ""
        "the body is compressed", "decompress it first: most senders sign what they compressed";
    BodyMoreThanStated       149 "body_more_than_stated" "bytes"
        "more stands behind the body than Content-Length says", "cut it off there: a recorded connection has the answer or the next request behind it";
    BodyNumbersRounded       150 "body_numbers_rounded" ""
        "the JSON body has large numbers as JavaScript rounds them", "verify the bytes as they arrived, before any JSON parser: what the numbers were cannot be known";

    KeyWhitespace            201 "key_whitespace" ""
        "there is white space or a line break around the secret", "store the secret without it";
    KeyQuoted                202 "key_quoted" ""
        "there are quotes around the secret", "store the secret without them";
    KeyNewlineMissing        203 "key_newline_missing" ""
        "the sender uses the secret with a line break at its end", "set the secret at the sender again, without the line break";
    KeyDecoding              204 "key_decoding" ""
        "the secret fits when it is decoded in another way", "configure this key with the encoding that fits";
    KeyNotYetValid           205 "key_not_yet_valid" "seconds"
        "a key fits whose validity has not begun", "let its validity begin earlier, or check the clock";
    KeyExpired               206 "key_expired" "seconds"
        "a key fits whose validity is over", "the sender still uses the old key: keep it valid until it has changed";
    KeyUnusable              207 "key_unusable" ""
        "a key of the ring cannot be used", "compare it with the sender's console: kind, encoding, completeness";
    KeyPrefixMissing         208 "key_prefix_missing" ""
        "the secret fits with the prefix that the sender's secrets have", "store the secret whole: its prefix is part of the key";
    KeyNamed                 209 "key_named" ""
        "the name of a variable or Bearer stands before the secret", "store what follows it";
    KeyBase64                210 "key_base64" ""
        "the secret is in base64, as Kubernetes shows it", "store it decoded";
    KeyPlaceholder           211 "key_placeholder" ""
        "the secret looks like the name of a variable, like a reference, or like an example", "store the value: the variable may not be set where the service runs, or nothing resolves the reference";
    KeyInText                212 "key_in_text" ""
        "the secret stands in a longer text: JSON, YAML, an .env file, or several lines", "store the value alone, decoded where it is in base64";

    OtherScheme              301 "other_scheme" ""
        "the request is signed by another scheme", "configure the scheme that fits";
    SignatureOtherEncoding   311 "signature_other_encoding" ""
        "the signature fits, but is written in another encoding", "make the sender write it as the scheme says, or describe a scheme of your own";
    SignatureOtherHash       312 "signature_other_hash" ""
        "the signature is made with another hash function", "set the sender to a hash of the scheme if it has a choice, such as SHA-256 in the account's settings; else configure a scheme, or a header, with that hash if there is one";
    SignaturePrefixMissing   313 "signature_prefix_missing" ""
        "the signature fits, but the text before it is missing", "pass the header as it arrived; something cut the prefix off";
    SignatureTruncated       314 "signature_truncated" "characters"
        "the signature is shorter than the algorithm's", "look for a column or header limit that cuts it";
    SignatureMalformed       315 "signature_malformed" ""
        "the signature is not of the form that the scheme has", "pass the header, parameter, path or body that has it as it arrived; is it the scheme's own?";
    SignatureUnsupported     316 "signature_unsupported" ""
        "no signature of a version for which there is a key", "check the scheme, and the kind of key: secret or public key";
    SignatureMd5             317 "signature_md5" ""
        "the signature is as long as one by MD5, which is not verified here", "set the account's signatures to SHA-256 HMAC in the sender's dashboard";
    SignatureProbe           318 "signature_probe" ""
        "the sender also sends wrong signatures on purpose, to see that they are refused", "answer it with 401; nothing is wrong if others of the same endpoint are verified";
    WeakerSignatureGood      319 "weaker_signature_good" ""
        "a weaker signature of the same sender, in another header, is good: secret and body are right", "keep the scheme; pass all headers as they were sent, and public URL and method if it signs them; an old sender may have no stronger signature";

    HeaderMissing            401 "header_missing" ""
        "a header is missing", "let the proxy or the framework pass the header on; if the request has no signature at all, set a secret at the sender: without one it signs nothing";
    HeaderCgiName            402 "header_cgi_name" ""
        "the headers have the names of CGI variables, such as HTTP_X_NAME", "turn HTTP_X_NAME into X-Name";
    DuplicateHeader          403 "duplicate_header" "copies"
        "a header is there more than once, with different values", "find out which hop adds it; only one may arrive";
    HeaderJoined             404 "header_joined" ""
        "several values of a header were joined by commas", "pass the headers as they arrived; only one may arrive";
    HeaderMalformed          405 "header_malformed" ""
        "a header is not of the form that the scheme has", "pass the header as it arrived";
    HeaderBearer             406 "header_bearer" ""
        "a word such as Bearer stands before the token in the header", "store the secret as the header has it, with that word";
    HeaderQuoted             407 "header_quoted" ""
        "the values of headers are written as a program prints them, in quotes or brackets", "pass the values alone";
    HeaderDropped            408 "header_dropped" ""
        "a header is missing, though the sender signs with this secret", "let the proxy or the framework pass the header on; an old sender may not send it";
    ParameterMissing         411 "parameter_missing" ""
        "a parameter is missing", "pass the query, URL or body that has it whole, as it arrived; if the request has no signature at all, set a secret at the sender: without one it signs nothing";
    DuplicateParameter       412 "duplicate_parameter" ""
        "a parameter is there more than once", "pass the query or body as it arrived; no honest sender repeats it";
    ContextMissing           413 "context_missing" ""
        "the scheme signs something that was not passed", "pass it to the verifier with the request";
    RequestMalformed         414 "request_malformed" ""
        "a part of the request cannot be read", "see the subject; pass it as it arrived";
    MethodDiffers            415 "method_differs" ""
        "the request fits with another method", "pass the sender's method: a redirect, a proxy or a tool that repeats requests made it another";
    Handshake                416 "handshake" ""
        "this is what the sender asks before it signs anything", "answer it before you verify: the helpers for web frameworks do, and there is a function for it";
    SeveralItems             417 "several_items" ""
        "the body has several items, each with a signature of its own", "hand them over one by one, as Adyen sends them: anybody who has seen some can join them anew";

    UrlScheme                501 "url_scheme_http_https" ""
        "the URL fits with the other of http and https", "use the public URL: the proxy ends TLS before your service";
    UrlPort                  502 "url_port" ""
        "the URL fits with another port, or without one", "use the public URL: the proxy listens on another port";
    UrlHost                  503 "url_host" ""
        "the URL fits with the host of a header", "use the public URL, from your configuration rather than from the header";
    UrlTrailingSlash         504 "url_trailing_slash" ""
        "the URL fits with a slash more or less at the end of its path", "use the URL exactly as the sender has it";
    UrlQueryDecoded          505 "url_query_decoded" ""
        "the query of the URL has characters plain that the sender signed escaped", "use the raw query as it arrived; if it is that already, escape these characters as the sender does";
    UrlQueryEncoded          506 "url_query_encoded" ""
        "the query of the URL has characters escaped that the sender signed plain", "use the raw query as it arrived; if it is that already, write these characters plain as the sender does";
    UrlQueryAdded            507 "url_query_added" ""
        "the URL fits without its query", "use the URL exactly as the sender has it";
    UrlQueryRemoved          508 "url_query_removed" ""
        "the URL fits with the query that was passed apart", "use the URL with its query";
    UrlPath                  509 "url_path" ""
        "the URL fits with the path of a header", "use the public URL: a proxy or a router took a part of its path away";
    UrlRelative              510 "url_relative" ""
        "the URL is not whole: its scheme and host are missing", "pass the public URL from your configuration: https://, host, path and query";
    UrlPathDecoded           511 "url_path_decoded" ""
        "the path of the URL has characters plain that the sender signed escaped", "use the raw path as it arrived; if it is that already, escape these characters as the sender does";
    UrlEscapeCase            512 "url_escape_case" ""
        "the URL fits with the letters of its escapes in the other case, such as %2f and %2F", "use the raw URL as it arrived: something wrote its escapes anew";

    TimestampMilliseconds    601 "timestamp_milliseconds" ""
        "the time is in milliseconds where the scheme has seconds", "make the sender write seconds, or describe a scheme of your own";
    TimestampSeconds         602 "timestamp_seconds" ""
        "the time is in seconds where the scheme has milliseconds", "make the sender write milliseconds, or describe a scheme of your own";
    TimestampMalformed       603 "timestamp_malformed" ""
        "the time is not of the form that the scheme has", "pass the time as it arrived";
    ClockSkew                604 "clock_skew" "seconds"
        "the signature is good, but its time is too far from the clock", "set the clocks by NTP; an old message may be a late retry or a replay";
    ClockTimeZone            605 "clock_time_zone" "hours"
        "the signed time is off by as much as a local time is", "a local time is used where UTC is meant";
    ClockUnit                606 "clock_unit" ""
        "the clock of this program is not in milliseconds", "pass the time in Unix milliseconds";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_names_are_unique() {
        for pair in ALL.windows(2) {
            assert!(pair[0].info().number < pair[1].info().number);
        }
        let mut names: alloc::vec::Vec<_> = ALL.iter().map(|kind| kind.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }
}
