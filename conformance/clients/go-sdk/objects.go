package main

import (
	"io"
	"net/url"
	"sort"
	"strconv"
	"strings"

	cos "github.com/tencentyun/cos-go-sdk-v5"
)

func keysUnder(prefix string) ([]string, error) {
	found, _, err := plain.Bucket.Get(ctx, &cos.BucketGetOptions{Prefix: prefix, EncodingType: "url"})
	if err != nil {
		return nil, err
	}
	return below(prefix, found.Contents)
}

// below are keys without the prefix, from an answer with encoded keys.
func below(prefix string, entries []cos.Object) ([]string, error) {
	keys := []string{}
	for _, entry := range entries {
		key, err := url.QueryUnescape(entry.Key)
		if err != nil {
			return nil, err
		}
		keys = append(keys, strings.TrimPrefix(key, prefix))
	}
	return keys, nil
}

func deleteMany(quiet bool) step {
	return func(key string) (any, error) {
		objects := []cos.Object{}
		for _, name := range []string{"a", "b", "missing"} {
			if name != "missing" {
				if _, err := put(key+"/"+name, content); err != nil {
					return nil, err
				}
			}
			objects = append(objects, cos.Object{Key: key + "/" + name})
		}
		answer, _, err := plain.Object.DeleteMulti(ctx, &cos.ObjectDeleteMultiOptions{Quiet: quiet, Objects: objects})
		if err != nil {
			return nil, err
		}
		deleted := []string{}
		for _, entry := range answer.DeletedObjects {
			deleted = append(deleted, strings.TrimPrefix(entry.Key, key+"/"))
		}
		sort.Strings(deleted)
		left, err := keysUnder(key + "/")
		return seen{"deleted": deleted, "left": left}, err
	}
}

func oddKey(name string) step {
	return func(key string) (any, error) {
		if _, err := put(key+"/"+name, content); err != nil {
			return nil, err
		}
		body, err := bodyOf(key + "/" + name)
		if err != nil {
			return nil, err
		}
		listed, err := keysUnder(key + "/")
		return seen{"body": body, "listed": listed}, err
	}
}

// afterPut runs a step on an object that is there.
func afterPut(run step, pairs ...string) step {
	return func(key string) (any, error) {
		if _, err := put(key, content, pairs...); err != nil {
			return nil, err
		}
		return run(key)
	}
}

// headed runs a step on the headers of an object that is put first.
func headed(show func(func(string) string) any, pairs ...string) step {
	return afterPut(func(key string) (any, error) {
		found, err := head(key)
		if err != nil {
			return nil, err
		}
		return show(found.Get), nil
	}, pairs...)
}

func ranged(wanted string) step {
	return afterPut(func(key string) (any, error) {
		body, answer, err := get(plain, key, &cos.ObjectGetOptions{Range: wanted})
		if err != nil {
			return nil, err
		}
		return seen{"status": answer.StatusCode, "body": body, "range": answer.Header.Get("Content-Range")}, nil
	})
}

// refused is the failure of a GET with these headers.
func refused(pairs ...string) step {
	return afterPut(func(key string) (any, error) {
		_, _, err := get(plain, key, with(pairs...))
		return failure(err)
	})
}

func statusWith(pairs ...string) step {
	return afterPut(func(key string) (any, error) {
		_, answer, err := get(plain, key, with(pairs...))
		status, err := statusOf(answer, err)
		return seen{"status": status}, err
	})
}

func objects() map[string]step {
	steps := map[string]step{
		"put-etag": func(key string) (any, error) {
			answer, err := put(key, content)
			return seen{"etag": answer.Header.Get("ETag")}, err
		},
		"put-crc64": func(key string) (any, error) {
			answer, err := put(key, content)
			return seen{"crc64": answer.Header.Get("x-cos-hash-crc64ecma")}, err
		},
		"put-empty": func(key string) (any, error) {
			answer, err := put(key, "")
			if err != nil {
				return nil, err
			}
			length, err := lengthOf(key)
			return seen{"etag": answer.Header.Get("ETag"), "length": length}, err
		},
		"put-replaces": func(key string) (any, error) {
			put(key, "first", "x-cos-meta-a", "1")
			put(key, "second", "x-cos-meta-b", "2")
			body, err := bodyOf(key)
			if err != nil {
				return nil, err
			}
			found, err := head(key)
			return seen{"body": body, "meta": metaOf(found)}, err
		},
		"put-stream": func(key string) (any, error) {
			stream := io.LimitReader(strings.NewReader(strings.Repeat("s", 300000)), 300000)
			if _, err := plain.Object.Put(ctx, key, struct{ io.Reader }{stream}, nil); err != nil {
				return nil, err
			}
			length, err := lengthOf(key)
			return seen{"length": length}, err
		},
		"put-wrong-md5": func(key string) (any, error) {
			_, err := put(key, content, "Content-MD5", "CY9rzUYh03PK3k6DJie09g==")
			return failure(err)
		},
		"put-forbid-overwrite": func(key string) (any, error) {
			put(key, "first")
			_, err := put(key, content, "x-cos-forbid-overwrite", "true")
			found, err := failure(err)
			if err != nil {
				return nil, err
			}
			body, err := bodyOf(key)
			found.(seen)["body"] = body
			return found, err
		},
		"put-storage-class": headed(func(get func(string) string) any {
			return seen{"storageClass": orNull(get("x-cos-storage-class"))}
		}, "x-cos-storage-class", "STANDARD_IA"),
		"get-body": afterPut(func(key string) (any, error) {
			body, answer, err := get(plain, key, nil)
			if err != nil {
				return nil, err
			}
			return seen{"body": body, "length": answer.ContentLength}, nil
		}),
		"get-missing": func(key string) (any, error) {
			_, err := bodyOf(key)
			return failure(err)
		},
		"get-response-headers": afterPut(func(key string) (any, error) {
			_, answer, err := get(plain, key, &cos.ObjectGetOptions{
				ResponseContentType:        "text/x-asked",
				ResponseContentDisposition: `attachment; filename="asked.txt"`,
			})
			if err != nil {
				return nil, err
			}
			return seen{"type": answer.Header.Get("Content-Type"), "disposition": answer.Header.Get("Content-Disposition")}, nil
		}),
		"head-fields": headed(func(get func(string) string) any {
			length, _ := strconv.Atoi(get("Content-Length"))
			return seen{"length": length, "type": get("Content-Type"), "etag": get("ETag"), "crc64": get("x-cos-hash-crc64ecma")}
		}, "Content-Type", "text/plain"),
		"head-missing": func(key string) (any, error) {
			status, err := statusOf(plain.Object.Head(ctx, key, nil))
			return seen{"status": status}, err
		},
		"delete": afterPut(func(key string) (any, error) {
			status, err := statusOf(plain.Object.Delete(ctx, key))
			if err != nil {
				return nil, err
			}
			after, err := statusOf(plain.Object.Head(ctx, key, nil))
			return seen{"status": status, "after": after}, err
		}),
		"delete-missing": func(key string) (any, error) {
			status, err := statusOf(plain.Object.Delete(ctx, key))
			return seen{"status": status}, err
		},
		"delete-many":       deleteMany(false),
		"delete-many-quiet": deleteMany(true),
		"error-request-id": func(key string) (any, error) {
			answer, _ := plain.Object.Get(ctx, key, nil)
			return seen{"requestId": answer.Header.Get("x-cos-request-id") != ""}, nil
		},
		"headers-kept": headed(func(get func(string) string) any {
			return seen{"cacheControl": get("Cache-Control"), "disposition": get("Content-Disposition"),
				"language": get("Content-Language"), "expires": get("Expires")}
		}, "Cache-Control", "max-age=60", "Content-Disposition", `inline; filename="kept.txt"`,
			"Content-Language", "de", "Expires", "Wed, 21 Oct 2037 07:28:00 GMT"),
		"meta": afterPut(func(key string) (any, error) {
			found, err := head(key)
			return seen{"meta": metaOf(found)}, err
		}, "x-cos-meta-One", "1", "x-cos-meta-two-words", "a b"),
		"meta-utf8": afterPut(func(key string) (any, error) {
			found, err := head(key)
			return seen{"meta": metaOf(found)}, err
		}, "x-cos-meta-name", url.QueryEscape("中文")),
		"range-middle":        ranged("bytes=2-4"),
		"range-open":          ranged("bytes=6-"),
		"range-suffix":        ranged("bytes=-3"),
		"range-clipped":       ranged("bytes=7-100"),
		"range-outside":       refused("Range", "bytes=20-30"),
		"if-match-false":      refused("If-Match", noETag),
		"if-match-true":       statusWith("If-Match", etag),
		"if-none-match-false": statusWith("If-None-Match", etag),
		"if-modified-since-false": afterPut(func(key string) (any, error) {
			found, err := head(key)
			if err != nil {
				return nil, err
			}
			_, answer, err := get(plain, key, &cos.ObjectGetOptions{IfModifiedSince: found.Get("Last-Modified")})
			status, err := statusOf(answer, err)
			return seen{"status": status}, err
		}),
		"if-unmodified-since-false": refused("If-Unmodified-Since", "Wed, 21 Oct 2015 07:28:00 GMT"),
	}
	for id, name := range oddKeys() {
		steps[id] = oddKey(name)
	}
	return steps
}
