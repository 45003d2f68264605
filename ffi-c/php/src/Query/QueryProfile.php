<?php

declare(strict_types=1);

namespace Countermark\Query;

/** How a query is signed. The numbers are those of the C ABI. */
enum QueryProfile: int
{
    /** HMAC-SHA256 over fields with their lengths. Use this one wherever both ends are yours. */
    case V1 = 1;

    /** OneLogin's links. They rest on plain SHA-1, and their fields have no borders. */
    case LegacyOneLogin = 2;

    /** The same links with every rule that the format allows. */
    case LegacyOneLoginStrict = 3;
}
