<?php

declare(strict_types=1);

require __DIR__ . '/site.php';

if (isset($_SESSION['member'])) {
    header('Location: /members.php', true, 303);
    exit;
}
// A page that the browser fetches before anybody has asked for it withdraws nothing. It is fetched anew.
if (str_starts_with($_SERVER['HTTP_SEC_PURPOSE'] ?? '', 'prefetch')) {
    http_response_code(503);
    exit;
}
newVisit();
page('Sign in', '<form method="post" action="/secsignid.php">' . hidden([]) . '
    <p><label for="secsignid">SecSign ID</label><br>
    <input type="text" id="secsignid" name="secsignid" required maxlength="255" autocomplete="username" autofocus></p>
    <button name="action" value="login">Sign in</button></form>');
