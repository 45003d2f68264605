<?php

declare(strict_types=1);

// What all pages share. The shim's classes have their old global names here, as in a site that moves.

use Countermark\Error\CountermarkException;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Login\SecSignId;

const SERVICE_NAME = 'PHP example';
const SERVICE_ADDRESS = 'https://example.com';

/** From one question to the ID server to the next, in seconds. */
const PAUSE_S = 0.5;

/** How long the end of a login is told. It may be lost on the way to a page that asks again late, so: as long as the ID server keeps a login. */
const END_S = 120.0;

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

/**
 * A session for each login form, in which its login begins: the visitor may have come with one whose id somebody else has planted and knows.
 * It takes nothing along. A login that is open in the old one is withdrawn, since this visitor could no more go on with it.
 */
function newVisit(): void
{
    $api = api();
    foreach ($_SESSION['logins'] ?? [] as $fields) {
        try {
            $api->cancelAuthSession(kept($fields));
        } catch (CountermarkExceptionInterface) {
            // Over, or it ends by itself.
        }
    }
    // The old one stays for what is on its way to it, which would get another new one, and none is made for nothing.
    $isNew = $_SESSION === [];
    unset($_SESSION['logins'], $_SESSION['answer']);
    session_regenerate_id($isNew);
    $_SESSION = [];
}

function api(): SecSignIDApi
{
    $api = new SecSignIDApi();
    $api->setPluginName('countermark-example');
    $api->setLogger(error_log(...));
    return $api;
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
    // Whoever has planted a session knows its token as well, but not where browsers say that a form stands.
    $isHere = in_array($_SERVER['HTTP_SEC_FETCH_SITE'] ?? 'same-origin', ['same-origin', 'none'], true);
    if (!$isHere || !hash_equals(formToken(), posted('form'))) {
        if (isset($_SESSION['member'])) {
            // One more click, on the page that the visitor is about to leave.
            header('Location: /members.php', true, 303);
            exit;
        }
        http_response_code(403);
        page('That form is too old', '<p><a href="/">Sign in</a></p>');
        exit;
    }
}

/**
 * The login of this visitor for this ID, begun if there is none: a form comes twice by a second click or a reload, and another login would be
 * refused as BUSY. PHP locks the visitor's session, so the second one finds the first; a session handler that does not is no place for this, as
 * the README says.
 */
function begin(SecSignIDApi $api, string $typed): AuthSession
{
    $id = SecSignId::normalize($typed);
    $fields = $_SESSION['logins'][$id] ?? null;
    if ($fields !== null) {
        try {
            return kept($fields);
        } catch (CountermarkExceptionInterface) {
            // Its time is over.
            unset($_SESSION['logins'][$id]);
        }
    }
    $session = $api->requestAuthSession($id, SERVICE_NAME, SERVICE_ADDRESS);
    $_SESSION['logins'][$id] = $session->getAuthSessionAsArray();
    return $session;
}

/** @param array<string, string> $fields of a login that was begun here */
function kept(array $fields): AuthSession
{
    $session = new AuthSession();
    $session->createAuthSessionFromArray($fields);
    return $session;
}

/**
 * How the login stands: a constant of `AuthSession`. PHP locks the visitor's session, so one question is asked at a time. An approval is given
 * out once, and of two clicks the browser reads the last answer only: both get it. Whoever asks too soon waits: an answer from before would tell
 * somebody who has just confirmed that they have not.
 *
 * What has ended, or what the ID server has forgotten, is shown no more.
 */
function stateOf(SecSignIDApi $api, AuthSession $session): int
{
    $known = $_SESSION['answer'] ?? null;
    $isKnown = $known !== null && $known['requestid'] === $session->getRequestID();
    if ($isKnown && !$known['isOver']) {
        usleep((int) (1_000_000 * max(0.0, min(PAUSE_S, $known['until'] - microtime(true)))));
    }
    if (!$isKnown || microtime(true) >= $known['until'] || !$known['isOver']) {
        $known = asked($api, $session);
        $_SESSION['answer'] = $known;
    }
    return $known['state'] ?? throw CountermarkException::of(ErrorCode::tryFrom($known['error']) ?? ErrorCode::Internal);
}

/** @return array{requestid: string, state: ?int, error: int, isOver: bool, until: float} */
function asked(SecSignIDApi $api, AuthSession $session): array
{
    [$state, $error, $holds] = [null, 0, PAUSE_S];
    try {
        $state = $api->getAuthSessionState($session);
        $isOver = $state !== AuthSession::PENDING && $state !== AuthSession::FETCHED;
        if ($state === AuthSession::AUTHENTICATED) {
            release($api, $session);
        }
        $holds = $isOver ? END_S : PAUSE_S;
    } catch (CountermarkExceptionInterface $failed) {
        $error = $failed->getCode();
        $isOver = !$failed->isRetryable();
    }
    if ($isOver) {
        forget($session);
    }
    return ['requestid' => $session->getRequestID(), 'state' => $state, 'error' => $error, 'isOver' => $isOver, 'until' => microtime(true) + $holds];
}

/** Tidies up after an approval, which is given out once: whatever fails here, the visitor is in. */
function release(SecSignIDApi $api, AuthSession $session): void
{
    try {
        $api->releaseAuthSession($session);
    } catch (Throwable $failed) {
        // Its kind alone: what a transport of one's own has to say may hold an address.
        error_log('The session of a login was not released: ' . get_debug_type($failed));
    }
}

/** It has ended, or is about to. */
function forget(AuthSession $session): void
{
    $id = $session->getSecSignID();
    if (($_SESSION['logins'][$id]['requestid'] ?? null) === $session->getRequestID()) {
        unset($_SESSION['logins'][$id]);
    }
    unset($_SESSION['answer']);
}

/** The login of this form, if it was begun here. */
function postedSession(): AuthSession
{
    return kept([
        'requestid' => posted('requestid'),
        'secsignid' => posted('secsignid'),
        'authsessionid' => posted('authsessionid'),
        'servicename' => posted('servicename'),
        'serviceaddress' => posted('serviceaddress'),
    ]);
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

/**
 * Signs in who has approved. A new session, so that nobody who knew the visitor's knows this one. The old one, which is that of this
 * visitor's form and nobody else's, stays without a member: whoever asks again finds the answer there, for `END_S`, until `signOut`.
 */
function signIn(string $secsignId): void
{
    unset($_SESSION['member']);
    $before = session_id();
    session_regenerate_id();
    $_SESSION = ['member' => $secsignId, 'before' => $before];
}

/** Nobody comes in once more: not by this session, nor by the approval in the one of before. */
function signOut(): void
{
    $before = $_SESSION['before'] ?? null;
    $_SESSION = [];
    session_regenerate_id(true);
    session_write_close();
    if ($before !== null) {
        session_id($before);
        session_start(['use_strict_mode' => true, 'use_cookies' => false]);
        session_destroy();
    }
}

/** `$body` is HTML. */
function page(string $title, string $body): void
{
    header('Content-Type: text/html; charset=utf-8');
    echo '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>', h($title), ' - PHP example</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">',
        '<link rel="stylesheet" href="/site.css"></head><body><main><h1>', h($title), '</h1>', $body, '</main></body></html>';
}
