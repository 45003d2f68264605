<?php

declare(strict_types=1);

namespace Countermark\Http;

use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;

/**
 * The default: PHP's curl with everything switched off that a browser would want. HTTPS, and plain HTTP to loopback
 * addresses only. No proxy, also none of the environment, since under CGI a visitor can set `HTTP_PROXY`; give a
 * `Psr18Transport` where one is needed. Each exchange has its own connection, so that a fork inherits none.
 */
final class CurlTransport implements Transport
{
    /**
     * @param ?string $caFile root certificates (PEM) of an on-premise server. They take the place of curl's bundle of roots; where curl has a
     *     folder of roots as well, as on Debian, that stays
     */
    public function __construct(private readonly ?string $caFile = null)
    {
        if (!\extension_loaded('curl')) {
            throw CountermarkException::of(ErrorCode::InvalidConfig, 'the PHP extension curl is not loaded');
        }
        if ($caFile !== null && !\str_contains((string) @\file_get_contents($caFile), '-----BEGIN CERTIFICATE-----')) {
            throw CountermarkException::of(ErrorCode::InvalidConfig, 'root certificates: not PEM');
        }
    }

    public function send(HttpRequest $request): HttpReply
    {
        if (!$this->isAllowed($request->url)) {
            throw new TransportFailure(FailureKind::Tls, FailurePhase::NotSent);
        }
        $body = '';
        $enough = $request->maxReplyBytes + 1;
        $curl = \curl_init();
        \curl_setopt_array($curl, $this->options($request) + [
            \CURLOPT_WRITEFUNCTION => static function (\CurlHandle $curl, string $chunk) use (&$body, $enough): int {
                $body .= \substr($chunk, 0, $enough - \strlen($body));
                return \strlen($body) < $enough ? \strlen($chunk) : -1;
            },
        ]);
        \curl_exec($curl);
        $error = \curl_errno($curl);
        if ($error !== \CURLE_OK && !($error === \CURLE_WRITE_ERROR && \strlen($body) === $enough)) {
            throw new TransportFailure($this->kind($error, \curl_error($curl)), $this->phase($curl, $request->url));
        }
        return new HttpReply((int) \curl_getinfo($curl, \CURLINFO_RESPONSE_CODE), $body);
    }

    /** @return array<int, mixed> */
    private function options(HttpRequest $request): array
    {
        $options = [
            \CURLOPT_URL => $request->url,
            \CURLOPT_CUSTOMREQUEST => $request->method,
            \CURLOPT_POSTFIELDS => $request->body,
            // Curl would wait for a `100 Continue` before a longer body.
            \CURLOPT_HTTPHEADER => ['Expect:', ...\array_map(static fn (array $header): string => "$header[0]: $header[1]", $request->headers)],
            \CURLOPT_HTTP_VERSION => \CURL_HTTP_VERSION_1_1,
            \CURLOPT_PROTOCOLS => \CURLPROTO_HTTPS | \CURLPROTO_HTTP,
            \CURLOPT_FOLLOWLOCATION => false,
            \CURLOPT_FRESH_CONNECT => true,
            \CURLOPT_FORBID_REUSE => true,
            \CURLOPT_PROXY => '',
            \CURLOPT_NOPROXY => '*',
            \CURLOPT_SSL_VERIFYPEER => true,
            \CURLOPT_SSL_VERIFYHOST => 2,
            \CURLOPT_SSLVERSION => \CURL_SSLVERSION_TLSv1_2,
            \CURLOPT_NOSIGNAL => true,
            \CURLOPT_CONNECTTIMEOUT_MS => $request->connectTimeoutMs,
            \CURLOPT_TIMEOUT_MS => $request->totalTimeoutMs,
        ];
        return $this->caFile === null ? $options : $options + [\CURLOPT_CAINFO => $this->caFile];
    }

    private function isAllowed(string $url): bool
    {
        $scheme = \parse_url($url, \PHP_URL_SCHEME);
        $host = \trim((string) \parse_url($url, \PHP_URL_HOST), '[]');
        $loopback = $host === 'localhost' || $host === '::1'
            || (\filter_var($host, \FILTER_VALIDATE_IP, \FILTER_FLAG_IPV4) !== false && \str_starts_with($host, '127.'));
        return $scheme === 'https' || ($scheme === 'http' && $loopback);
    }

    private function kind(int $error, string $message): FailureKind
    {
        return match ($error) {
            \CURLE_OPERATION_TIMEOUTED => FailureKind::Timeout,
            \CURLE_SSL_CONNECT_ERROR => $this->wasCut($message) ? FailureKind::Unreachable : FailureKind::Tls,
            \CURLE_SSL_PEER_CERTIFICATE, \CURLE_SSL_CACERT, \CURLE_SSL_CIPHER,
            \CURLE_SSL_CERTPROBLEM, \CURLE_SSL_CACERT_BADFILE, \CURLE_SSL_ENGINE_NOTFOUND, \CURLE_SSL_ENGINE_SETFAILED,
            \CURLE_SSL_PINNEDPUBKEYNOTMATCH => FailureKind::Tls,
            default => FailureKind::Unreachable,
        };
    }

    /**
     * Whether a handshake ended with the connection: one number of curl stands for that and for a refusal. The socket's failures, an OpenSSL
     * that has nothing to say, and its number for an early end are told by text that no locale changes. What reads otherwise is a refusal.
     */
    private function wasCut(string $message): bool
    {
        return \preg_match('/^(Recv|Send) failure: |^[\w-]+ SSL_connect: |error:0A000126:/', $message) === 1;
    }

    /** A request starts when the connection is there, which over TLS means: after the handshake. */
    private function phase(\CurlHandle $curl, string $url): FailurePhase
    {
        $ready = \str_starts_with($url, 'https:') ? \CURLINFO_APPCONNECT_TIME_T : \CURLINFO_CONNECT_TIME_T;
        return \curl_getinfo($curl, $ready) === 0 ? FailurePhase::NotSent : FailurePhase::MaybeSent;
    }
}
