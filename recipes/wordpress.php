<?php
/**
 * Plugin Name: Badges of bazar.example
 * Description: The address of a badge, alone on its line, shows the badge.
 *
 * A file for wp-content/mu-plugins.
 */
add_action( 'init', function () {
	wp_oembed_add_provider( 'https://bazar.example/b/*', 'https://bazar.example/oembed' );
} );
