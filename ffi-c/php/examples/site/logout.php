<?php

declare(strict_types=1);

require __DIR__ . '/site.php';

requirePost();
signOut();
header('Location: /', true, 303);
