package main

import (
	"strings"

	cos "github.com/tencentyun/cos-go-sdk-v5"
)

func fill(key string, names ...string) error {
	for _, name := range names {
		if _, err := put(key+"/"+name, content); err != nil {
			return err
		}
	}
	return nil
}

// listed runs a step on a folder that holds these keys.
func listed(run step, names ...string) step {
	return func(key string) (any, error) {
		if err := fill(key, names...); err != nil {
			return nil, err
		}
		return run(key)
	}
}

func list(key string, options cos.BucketGetOptions) (*cos.BucketGetResult, []string, error) {
	if options.Prefix == "" {
		options.Prefix = key + "/"
	}
	options.EncodingType = "url"
	found, _, err := plain.Bucket.Get(ctx, &options)
	if err != nil {
		return nil, nil, err
	}
	keys, err := below(key+"/", found.Contents)
	return found, keys, err
}

func keysOf(options func(key string) cos.BucketGetOptions) step {
	return func(key string) (any, error) {
		_, keys, err := list(key, options(key))
		return seen{"keys": keys}, err
	}
}

func listPages(key string) (any, error) {
	pages, truncated, marker := [][]string{}, []bool{}, ""
	for len(pages) < 7 {
		page, keys, err := list(key, cos.BucketGetOptions{MaxKeys: 3, Marker: marker})
		if err != nil {
			return nil, err
		}
		pages, truncated, marker = append(pages, keys), append(truncated, page.IsTruncated), page.NextMarker
		if !page.IsTruncated {
			break
		}
	}
	return seen{"pages": pages, "truncated": truncated}, nil
}

func missing() *cos.Client {
	return clientOf("nobody-has-this-"+given("APPID"), given("SECRET_ID"), given("SECRET_KEY"), false)
}

func lists() map[string]step {
	return map[string]step{
		"list-prefix": listed(keysOf(func(string) cos.BucketGetOptions { return cos.BucketGetOptions{} }), "é", "a/b", "a", "B"),
		"list-prefix-blank": listed(keysOf(func(key string) cos.BucketGetOptions {
			return cos.BucketGetOptions{Prefix: key + "/ x+"}
		}), " x+y", " xzy"),
		"list-fields": listed(func(key string) (any, error) {
			found, _, err := list(key, cos.BucketGetOptions{})
			if err != nil {
				return nil, err
			}
			entry := found.Contents[0]
			return seen{"size": entry.Size, "etag": entry.ETag, "storageClass": entry.StorageClass}, nil
		}, "a"),
		"list-delimiter": listed(func(key string) (any, error) {
			found, keys, err := list(key, cos.BucketGetOptions{Delimiter: "/"})
			if err != nil {
				return nil, err
			}
			prefixes := []string{}
			for _, prefix := range found.CommonPrefixes {
				prefixes = append(prefixes, strings.TrimPrefix(prefix, key+"/"))
			}
			return seen{"keys": keys, "prefixes": prefixes}, nil
		}, "a", "d/1", "d/2", "e/1", "z"),
		"list-pages": listed(listPages, "k1", "k2", "k3", "k4", "k5", "k6", "k7"),
		"list-marker": listed(keysOf(func(key string) cos.BucketGetOptions {
			return cos.BucketGetOptions{Marker: key + "/k2"}
		}), "k1", "k2", "k3"),
		"list-encoding": listed(func(key string) (any, error) {
			found, _, err := list(key, cos.BucketGetOptions{})
			if err != nil {
				return nil, err
			}
			encoded := found.Contents[0].Key
			return seen{"encoded": encoded[len(encoded)-len("a%20%E4%B8%AD"):]}, nil
		}, "a 中"),
		"bucket-head": func(string) (any, error) {
			status, err := statusOf(plain.Bucket.Head(ctx))
			return seen{"status": status}, err
		},
		"bucket-head-missing": func(string) (any, error) {
			status, err := statusOf(missing().Bucket.Head(ctx))
			return seen{"status": status}, err
		},
		"bucket-missing": func(string) (any, error) {
			_, _, err := missing().Bucket.Get(ctx, nil)
			return failure(err)
		},
		"bucket-location": func(string) (any, error) {
			found, _, err := plain.Bucket.GetLocation(ctx)
			return seen{"isRegion": found.Location == region}, err
		},
		"bucket-list": func(string) (any, error) {
			found, _, err := byProxy.Service.Get(ctx)
			if err != nil {
				return nil, err
			}
			is := false
			for _, entry := range found.Buckets {
				is = is || entry.Name == bucket
			}
			return seen{"listed": is}, nil
		},
		"bucket-delete-full": afterPut(func(string) (any, error) {
			_, err := plain.Bucket.Delete(ctx)
			return failure(err)
		}),
		"bucket-create-again": func(string) (any, error) {
			_, err := plain.Bucket.Put(ctx, nil)
			return failure(err)
		},
	}
}
