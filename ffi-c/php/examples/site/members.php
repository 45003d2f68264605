<?php

declare(strict_types=1);

require __DIR__ . '/site.php';

if (!isset($_SESSION['member'])) {
    header('Location: /', true, 303);
    exit;
}
page('Welcome, ' . $_SESSION['member'], '<form method="post" action="/logout.php">' . hidden([]) . '<button>Sign out</button></form>');
