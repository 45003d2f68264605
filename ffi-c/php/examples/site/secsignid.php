<?php

declare(strict_types=1);

// The login as the vendor's document has it: request, show the access pass, check, cancel.

require __DIR__ . '/site.php';

requirePost();
$api = new SecSignIDApi();
$api->setPluginName('countermark-example');
$api->setLogger(error_log(...));
try {
    if (posted('action') === 'login') {
        showAccessPass($api->requestAuthSession(posted('secsignid'), SERVICE_NAME, SERVICE_ADDRESS), '');
        return;
    }
    $session = new AuthSession();
    $session->createAuthSessionFromArray([
        'requestid' => posted('requestid'),
        'secsignid' => posted('secsignid'),
        'authsessionid' => posted('authsessionid'),
        'servicename' => posted('servicename'),
        'serviceaddress' => posted('serviceaddress'),
    ]);
    if (posted('action') === 'cancel') {
        $api->cancelAuthSession($session);
        ended('Login canceled', 'Your phone has stopped asking.');
        return;
    }
    $state = $api->getAuthSessionState($session);
    if ($state === AuthSession::AUTHENTICATED) {
        $api->releaseAuthSession($session);
        // A new session and a new token for the member, so that nobody who knew the visitor's knows these.
        session_regenerate_id(true);
        unset($_SESSION['form']);
        $_SESSION['member'] = $session->getSecSignID();
        header('Location: /members.php', true, 303);
    } elseif ($state === AuthSession::PENDING || $state === AuthSession::FETCHED) {
        showAccessPass($session, $state === AuthSession::FETCHED ? 'Your phone has the request.' : 'Not confirmed yet.');
    } elseif ($state === AuthSession::DENIED) {
        ended('Login denied', 'You have denied the login on your phone.');
    } elseif ($state === AuthSession::EXPIRED) {
        ended('Time is up', 'Nobody has answered in time.');
    } elseif ($state === AuthSession::SUSPENDED) {
        ended('Login suspended', 'Another login for the same ID has begun.');
    } elseif ($state === AuthSession::CANCELED) {
        ended('Login canceled', 'The login was withdrawn.');
    } else {
        ended('No login', 'The login is not valid.');
    }
} catch (Exception $failed) {
    // The reason is for the log: the API's logger has written it. A visitor learns only what is public.
    $public = $failed instanceof Countermark\Error\CountermarkExceptionInterface;
    http_response_code($public ? $failed->httpStatus() : 500);
    ended('Sign in failed', $public ? ucfirst($failed->publicMessage()) . '.' : 'Please try again later.');
}

function showAccessPass(AuthSession $session, string $status): void
{
    $fields = hidden($session->getAuthSessionAsArray());
    page('Check your phone', '<p role="status">' . h($status) . '</p>
        <p>Pick this symbol on your phone:</p>
        <img alt="access pass" src="data:image/png;base64,' . h($session->getIconData()) . '">
        <form method="post" action="/secsignid.php">' . $fields . '<button name="action" value="check">I have confirmed</button></form>
        <form method="post" action="/secsignid.php">' . $fields . '<button name="action" value="cancel">Cancel</button></form>');
}

function ended(string $title, string $text): void
{
    page($title, '<p>' . h($text) . '</p><p><a href="/">Sign in</a></p>');
}
