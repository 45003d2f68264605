<?php

declare(strict_types=1);

// The login as the vendor's document has it: request, show the access pass, check, cancel.

require __DIR__ . '/site.php';

requirePost();
$api = api();
try {
    if (posted('action') === 'login') {
        showAccessPass(begin($api, posted('secsignid')), '');
        return;
    }
    $session = postedSession();
    if (posted('action') === 'cancel') {
        forget($session);
        $api->cancelAuthSession($session);
        ended('Login canceled', 'Your phone has stopped asking.');
        return;
    }
    $state = stateOf($api, $session);
    if ($state === AuthSession::AUTHENTICATED) {
        signIn($session->getSecSignID());
        header('Location: /members.php', true, 303);
    } elseif ($state === AuthSession::PENDING || $state === AuthSession::FETCHED) {
        showAccessPass($session, $state === AuthSession::FETCHED ? 'Your phone has the request.' : 'Not confirmed yet.');
    } elseif ($state === AuthSession::DENIED) {
        ended('Login denied', 'You have denied the login on your phone.');
    } elseif ($state === AuthSession::EXPIRED) {
        ended('Time is up', 'Nobody has answered in time.');
    } elseif ($state === AuthSession::SUSPENDED) {
        ended('Login suspended', 'Another login for the same ID has begun. If the ID is frozen, activate it again in the app.');
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
    // Without JavaScript the element is only what stands in it.
    page('Check your phone', '<p role="status">' . h($status) . '</p>
        <script type="module" src="/element.php"></script><countermark-login poll="/state.php">
        <p>Pick this symbol on your phone:</p>
        <img slot="access-pass" alt="access pass" src="data:image/png;base64,' . h($session->getIconData()) . '">
        <form slot="check" method="post" action="/secsignid.php">' . $fields . '<input type="hidden" name="action" value="check">
        <button>I have confirmed</button></form>
        <form slot="cancel" method="post" action="/secsignid.php">' . $fields . '<button name="action" value="cancel">Cancel</button></form></countermark-login>');
}

function ended(string $title, string $text): void
{
    page($title, '<p>' . h($text) . '</p><p><a href="/">Sign in</a></p>');
}
