<?php

declare(strict_types=1);

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\LibraryException;
use Countermark\Webhook\WebhookKey;
use Countermark\WebhookVerifier;

require __DIR__ . '/countermark/autoload.php';

try {
    $verifier = new WebhookVerifier('github', [new WebhookKey('k', str_repeat('secret', 6))]);
    $webhook = $verifier->verifyGlobals();
    echo "verified by {$webhook->keyId()}: {$webhook->body()}";
} catch (LibraryException $missing) {
    http_response_code($missing->httpStatus());
    echo $missing->errorCode()?->label(), ': ', $missing->getMessage();
} catch (CountermarkExceptionInterface $refused) {
    http_response_code($refused->httpStatus());
    echo $refused->publicMessage();
}
