<?php

declare(strict_types=1);

namespace Countermark\Adapter;

use Countermark\Login\AppLink;
use Countermark\Login\ReturnUrl;

/** `deep_link.*`, `return_url.*` */
final class Link
{
    /** @return array<string, mixed> */
    public static function build(Fields $fields): array
    {
        $app = new AppLink($fields->text('id_server'), $fields->textOrNull('scheme'));
        return ['link' => $app->authenticate(
            $fields->text('secsignid'),
            $fields->text('authsessionid'),
            $fields->text('return_url'),
        )];
    }

    /** @return array<string, mixed> */
    public static function returnUrl(Fields $fields): array
    {
        return ['url' => ReturnUrl::safe($fields->text('base'), $fields->text('candidate'), $fields->text('default'))];
    }
}
