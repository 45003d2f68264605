<?php

declare(strict_types=1);

namespace Countermark\Login;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Handle;
use Countermark\Native;

/** Makes links that open the phone app on a login, for a page that is read on the phone itself. */
final class AppLink
{
    private readonly Handle $handle;

    /**
     * @param string $idServer `host[:port]` of the server that the phone talks to, such as `id1.secsign.com`
     * @param ?string $scheme that of a branded app; null: the vendor's
     * @throws CountermarkExceptionInterface INVALID_INPUT, INVALID_URL
     */
    public function __construct(string $idServer, ?string $scheme = null)
    {
        $this->handle = Native::library()->appLinkNew($scheme, $idServer);
    }

    /**
     * The link that opens a session in the app and returns to `$returnUrl` afterwards. It gives nobody the session.
     *
     * @throws CountermarkExceptionInterface INVALID_SECSIGN_ID; INVALID_INPUT for a return URL that is not absolute https
     */
    public function authenticate(string $secsignId, string $authSessionId, string $returnUrl): string
    {
        return Native::library()->appLinkAuthenticate($this->handle, $secsignId, $authSessionId, $returnUrl);
    }
}
