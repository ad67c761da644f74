package demo

import "strings"

// canary stands in every hostile word, as text, and as an element and an attribute that no page of ours has.
const canary = "bona-canary"

// markup are words that are more than text to whoever doesn't escape them where they are put.
var markup = map[string]string{
	"element":        `<bona-canary data-bona-canary></bona-canary>`,
	"script":         `<script>bona-canary()</script>`,
	"attribute":      `"><bona-canary data-bona-canary x="`,
	"single quote":   `'><bona-canary data-bona-canary x='`,
	"no quote":       `x onfocus=bona-canary autofocus`,
	"image":          `"><img src=x onerror=bona-canary()>`,
	"svg":            `<svg onload="bona-canary()"><script href="//bona-canary.example/x"/></svg>`,
	"frame":          `<iframe srcdoc="<bona-canary>"></iframe>`,
	"template":       `<template><bona-canary></template>`,
	"base":           `<base href="//bona-canary.example/"><meta http-equiv=refresh content="0;//bona-canary.example">`,
	"area":           `</textarea><bona-canary data-bona-canary>`,
	"title":          `</title><bona-canary data-bona-canary>`,
	"style":          `</style><bona-canary data-bona-canary>`,
	"option":         `</option></select><bona-canary data-bona-canary>`,
	"comment":        `--><bona-canary><!--`,
	"half a comment": `<!-- bona-canary`,
	"cdata":          `]]><bona-canary/><![CDATA[`,
	"entity":         `&lt;bona-canary&gt;&#60;bona-canary&#62;&amp;`,
	"JSON-LD":        `</script><bona-canary data-bona-canary>`,
	"JSON":           `","bona-canary":"`,
}

// other are words that mean something elsewhere than in markup, or nothing but trouble.
var other = map[string]string{
	"script address": `javascript:bona-canary()`,
	"data address":   `data:text/html,<bona-canary>`,
	"other site":     `//bona-canary.example/\/x`,
	"expression":     `'-bona-canary(1)-'`,
	"go template":    `{{.}}{{printf "bona-canary"}}`,
	"css":            `};*{background:url(//bona-canary.example)}`,
	"formula":        `=cmd|' /C bona-canary'!A0`,
	"markdown":       "](//bona-canary.example) ![x](y) `bona-canary` **b**",
	"format":         `%s%n%!x(bona-canary)%00`,
	"path":           `../../bona-canary/..`,
	"long":           strings.Repeat(canary, 7),
	"combining":      canary + strings.Repeat("\u0301\u0489", 30),
	"emoji":          canary + "👩‍👩‍👧‍👦🏴‍☠️",
	"right to left":  "עליסה " + canary + " أليس",
}

// unseen are words with characters that nobody sees, and that reach out of their place where they are let.
var unseen = map[string]string{
	"override":   "\u202e" + canary + " 5 fo 5",
	"embedding":  "\u202b" + canary,
	"isolate":    "\u2067\u2066" + canary,
	"closing":    "\u2069\u2069\u202c\u202c" + canary,
	"zero width": "bo\u200bna\ufeff-canary \u200b" + canary,
	"soft":       "\u00ad" + canary + "\u2028" + canary,
	"line":       "line\n" + canary + "\n\nlevel=ERROR msg=" + canary,
	"return":     "x\r\nX-Bona-Canary: 1\r\nSet-Cookie: bona-canary=1\r\n\r\n<bona-canary>",
	"null":       "x\x00<bona-canary>\x00",
	"escape":     "\x1b[2J\x1b]0;bona-canary\a\u009b31m",
	"delete":     "bona-canary\x7f\b\b\b",
	"no UTF-8":   "bona-canary\xff\xc0\xaf<\xe2\x80",
	"too long":   strings.Repeat(canary+" ", 400),
}
