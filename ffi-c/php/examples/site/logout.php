<?php

declare(strict_types=1);

require __DIR__ . '/site.php';

requirePost();
$_SESSION = [];
session_regenerate_id(true);
header('Location: /', true, 303);
