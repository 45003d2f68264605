<?php

declare(strict_types=1);

// How the login stands, for <countermark-login>.

use Countermark\Login\State;

require __DIR__ . '/site.php';

requirePost();
header('Content-Type: application/json');
$api = api();
try {
    $session = postedSession();
    $state = State::from(stateOf($api, $session));
    $news = ['state' => $state->label(), 'final' => $state->isTerminal()];
    if ($state === State::Authenticated) {
        signIn($session->getSecSignID());
        $news = ['state' => 'approved', 'final' => true, 'next' => '/members.php'];
    }
    echo json_encode($news);
} catch (Exception $failed) {
    http_response_code($failed instanceof Countermark\Error\CountermarkExceptionInterface ? $failed->httpStatus() : 500);
    echo '{}';
}
