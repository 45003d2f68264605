<?php

declare(strict_types=1);

// What all pages share. The shim's classes have their old global names here, as in a site that moves.

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Login\SecSignId;

const SERVICE_NAME = 'PHP example';
const SERVICE_ADDRESS = 'https://example.com';

/** More than any form here. PHP's own limit is `post_max_size`. */
const FORM_BYTES = 16 * 1024;

require __DIR__ . '/../../autoload.php';
require __DIR__ . '/../../migrate.php';

SecSignIDApi::configure(server: getenv('ID_SERVER') ?: null);

// Behind a proxy that ends TLS, php.ini says `session.cookie_secure`.
$secure = ini_get('session.cookie_secure') || !in_array($_SERVER['HTTPS'] ?? '', ['', 'off'], true);
session_start(['use_strict_mode' => true, 'cookie_httponly' => true, 'cookie_samesite' => 'Lax', 'cookie_secure' => $secure]);
header("Content-Security-Policy: default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
header('Referrer-Policy: no-referrer');
header('Cache-Control: no-store');
header('X-Content-Type-Options: nosniff');

function h(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML5, 'UTF-8');
}

/** A posted text; arrays and absent fields are empty. */
function posted(string $name): string
{
    return is_string($_POST[$name] ?? null) ? $_POST[$name] : '';
}

/** A token that only this site's own forms have, so that no other site starts or cancels logins. */
function formToken(): string
{
    return $_SESSION['form'] ??= bin2hex(random_bytes(16));
}

/** Lets only posts of this site's own forms through. */
function requirePost(): void
{
    if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
        http_response_code(405);
        header('Allow: POST');
        page('Not here', '<p><a href="/">Sign in</a></p>');
        exit;
    }
    if ((int) ($_SERVER['CONTENT_LENGTH'] ?? 0) > FORM_BYTES) {
        http_response_code(413);
        page('That form is too large', '<p><a href="/">Sign in</a></p>');
        exit;
    }
    if (!hash_equals(formToken(), posted('form'))) {
        http_response_code(403);
        page('That form is too old', '<p><a href="/">Sign in</a></p>');
        exit;
    }
}

/**
 * The login of this visitor for this ID, begun if there is none: a form comes twice by a second click or a reload, and another login would be
 * refused as BUSY. PHP locks the visitor's session, so the second one finds the first.
 */
function begin(SecSignIDApi $api, string $typed): AuthSession
{
    $id = SecSignId::normalize($typed);
    $fields = $_SESSION['logins'][$id] ?? null;
    if ($fields !== null) {
        try {
            $open = new AuthSession();
            $open->createAuthSessionFromArray($fields);
            return $open;
        } catch (CountermarkExceptionInterface) {
            // Its time is over.
            unset($_SESSION['logins'][$id]);
        }
    }
    $session = $api->requestAuthSession($id, SERVICE_NAME, SERVICE_ADDRESS);
    $_SESSION['logins'][$id] = $session->getAuthSessionAsArray();
    return $session;
}

/** How the login stands: a constant of `AuthSession`. What has ended, or what the ID server has forgotten, is shown no more. */
function stateOf(SecSignIDApi $api, AuthSession $session): int
{
    try {
        $state = $api->getAuthSessionState($session);
    } catch (CountermarkExceptionInterface $failed) {
        if (!$failed->isRetryable()) {
            forget($session);
        }
        throw $failed;
    }
    if ($state !== AuthSession::PENDING && $state !== AuthSession::FETCHED) {
        forget($session);
    }
    return $state;
}

/** It has ended, or is about to. */
function forget(AuthSession $session): void
{
    $id = $session->getSecSignID();
    if (($_SESSION['logins'][$id]['requestid'] ?? null) === $session->getRequestID()) {
        unset($_SESSION['logins'][$id]);
    }
}

/** The login of this form, if it was begun here. */
function postedSession(): AuthSession
{
    $session = new AuthSession();
    $session->createAuthSessionFromArray([
        'requestid' => posted('requestid'),
        'secsignid' => posted('secsignid'),
        'authsessionid' => posted('authsessionid'),
        'servicename' => posted('servicename'),
        'serviceaddress' => posted('serviceaddress'),
    ]);
    return $session;
}

/** @param array<string, string> $fields */
function hidden(array $fields): string
{
    $html = '';
    foreach ($fields + ['form' => formToken()] as $name => $value) {
        $html .= '<input type="hidden" name="' . h($name) . '" value="' . h($value) . '">';
    }
    return $html;
}

/** Signs in who has approved. A new session and a new token, so that nobody who knew the visitor's knows these. */
function signIn(string $secsignId): void
{
    session_regenerate_id(true);
    unset($_SESSION['form']);
    $_SESSION['member'] = $secsignId;
}

/** `$body` is HTML. */
function page(string $title, string $body): void
{
    header('Content-Type: text/html; charset=utf-8');
    echo '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>', h($title), '</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">',
        '<link rel="stylesheet" href="/site.css"></head><body><main><h1>', h($title), '</h1>', $body, '</main></body></html>';
}
