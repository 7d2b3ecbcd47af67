package main

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strings"
	"time"

	cos "github.com/tencentyun/cos-go-sdk-v5"
)

func presigned(method, key string) string {
	made, err := byProxy.Object.GetPresignedURL(ctx, method, key, given("SECRET_ID"), given("SECRET_KEY"), time.Hour, nil)
	if err != nil {
		panic(err)
	}
	return made.String()
}

func rawFailure(target string) (any, error) {
	answer, err := raw("GET", target, "")
	return seen{"status": answer.status, "code": answer.code}, err
}

func plainURL(key string) string {
	return fmt.Sprintf("%s://%s/%s", given("SCHEME"), hostOf(bucket), key)
}

func otherKeys(id string) step {
	return func(key string) (any, error) {
		other := clientOf(bucket, id, "anotherSecretKeyOfTheSameLength0", false)
		_, _, err := get(other, key, nil)
		return failure(err)
	}
}

func access() map[string]step {
	return map[string]step{
		"presigned-get": afterPut(func(key string) (any, error) {
			answer, err := raw("GET", presigned("GET", key), "")
			return seen{"status": answer.status, "body": answer.body}, err
		}),
		"presigned-put": func(key string) (any, error) {
			answer, err := raw("PUT", presigned("PUT", key), "by url")
			if err != nil {
				return nil, err
			}
			body, err := bodyOf(key)
			return seen{"status": answer.status, "body": body}, err
		},
		"presigned-other-key": afterPut(func(key string) (any, error) {
			return rawFailure(strings.Replace(presigned("GET", key+"-not"), key+"-not", key, 1))
		}),
		"presigned-tampered": afterPut(func(key string) (any, error) {
			signature := regexp.MustCompile(`q-signature=[0-9a-f]{8}`)
			return rawFailure(signature.ReplaceAllString(presigned("GET", key), "q-signature=00000000"))
		}),
		"unsigned":     afterPut(func(key string) (any, error) { return rawFailure(plainURL(key)) }),
		"wrong-secret": otherKeys(given("SECRET_ID")),
		"unknown-id":   otherKeys("AKIDnobodyHasThisSecretId00000000001"),
		"acl-default": afterPut(func(key string) (any, error) {
			_, answer, err := plain.Object.GetACL(ctx, key)
			if err != nil {
				return nil, err
			}
			return seen{"acl": orNull(answer.Header.Get("x-cos-acl"))}, nil
		}),
		"acl-public-read": afterPut(func(key string) (any, error) {
			before, err := raw("GET", plainURL(key), "")
			if err != nil {
				return nil, err
			}
			open := &cos.ObjectPutACLOptions{Header: &cos.ACLHeaderOptions{XCosACL: "public-read"}}
			if _, err := plain.Object.PutACL(ctx, key, open); err != nil {
				return nil, err
			}
			after, err := raw("GET", plainURL(key), "")
			return seen{"before": before.status, "after": after.status}, err
		}),
		"acl-grants": afterPut(func(key string) (any, error) {
			found, _, err := plain.Object.GetACL(ctx, key)
			if err != nil {
				return nil, err
			}
			permissions := []string{}
			for _, grant := range found.AccessControlList {
				permissions = append(permissions, grant.Permission)
			}
			sort.Strings(permissions)
			return seen{"permissions": permissions}, nil
		}, "x-cos-acl", "public-read"),
	}
}

func setTags(key string, tags ...cos.ObjectTaggingTag) error {
	_, err := plain.Object.PutTagging(ctx, key, &cos.ObjectPutTaggingOptions{TagSet: tags})
	return err
}

func tagsOf(key string) (any, error) {
	found, _, err := plain.Object.GetTagging(ctx, key)
	if err != nil {
		return nil, err
	}
	tags := [][]string{}
	for _, tag := range found.TagSet {
		tags = append(tags, []string{tag.Key, tag.Value})
	}
	return seen{"tags": tags}, nil
}

func customerKey(letter string) []string {
	key := []byte(strings.Repeat(letter, 32))
	sum := md5.Sum(key)
	const name = "x-cos-server-side-encryption-customer-"
	return []string{name + "algorithm", "AES256", name + "key", base64.StdEncoding.EncodeToString(key),
		name + "key-MD5", base64.StdEncoding.EncodeToString(sum[:])}
}

func restore(key string) (*cos.Response, error) {
	return plain.Object.PostRestore(ctx, key, &cos.ObjectRestoreOptions{Days: 1, Tier: &cos.CASJobParameters{Tier: "Standard"}})
}

func link(key string) error {
	if _, err := put(key+"/target 1", content); err != nil {
		return err
	}
	_, err := plain.Object.PutSymlink(ctx, key+"/link", &cos.ObjectPutSymlinkOptions{SymlinkTarget: key + "/target 1"})
	return err
}

func query(key, sql string, input *cos.SelectInputSerialization, output *cos.SelectOutputSerialization) (string, error) {
	input.CompressionType = "NONE"
	stream, err := plain.Object.Select(ctx, key, &cos.ObjectSelectOptions{
		Expression: sql, ExpressionType: "SQL", InputSerialization: input, OutputSerialization: output,
	})
	if err != nil {
		return "", err
	}
	defer stream.Close()
	records, err := io.ReadAll(stream)
	return string(records), err
}

func selected(body, sql string, input *cos.SelectInputSerialization, output *cos.SelectOutputSerialization) step {
	return func(key string) (any, error) {
		if _, err := put(key, body); err != nil {
			return nil, err
		}
		records, err := query(key, sql, input, output)
		return seen{"records": records}, err
	}
}

func csvInput() *cos.SelectInputSerialization {
	return &cos.SelectInputSerialization{CSV: &cos.CSVInputSerialization{FileHeaderInfo: "USE"}}
}

func csvOutput() *cos.SelectOutputSerialization {
	return &cos.SelectOutputSerialization{CSV: &cos.CSVOutputSerialization{}}
}

func features() map[string]step {
	archive := []string{"x-cos-storage-class", "ARCHIVE"}
	steps := access()
	steps["tagging"] = afterPut(func(key string) (any, error) {
		if err := setTags(key, cos.ObjectTaggingTag{Key: "z", Value: "1"}, cos.ObjectTaggingTag{Key: "a", Value: "two words"}); err != nil {
			return nil, err
		}
		return tagsOf(key)
	})
	steps["tagging-delete"] = afterPut(func(key string) (any, error) {
		if _, err := plain.Object.DeleteTagging(ctx, key); err != nil {
			return nil, err
		}
		return tagsOf(key)
	}, "x-cos-tagging", "a=1")
	steps["tagging-header"] = headed(func(get func(string) string) any {
		return seen{"count": orNull(get("x-cos-tagging-count"))}
	}, "x-cos-tagging", "a=1&b=2")
	steps["tagging-too-many"] = afterPut(func(key string) (any, error) {
		tags := []cos.ObjectTaggingTag{}
		for number := 0; number < 11; number++ {
			tags = append(tags, cos.ObjectTaggingTag{Key: fmt.Sprintf("k%d", number), Value: "1"})
		}
		return failure(setTags(key, tags...))
	})
	steps["sse-cos"] = headed(func(get func(string) string) any {
		return seen{"sse": orNull(get("x-cos-server-side-encryption")), "etag": get("ETag")}
	}, "x-cos-server-side-encryption", "AES256")
	steps["sse-c"] = afterPut(func(key string) (any, error) {
		body, answer, err := get(plain, key, with(customerKey("k")...))
		if err != nil {
			return nil, err
		}
		algorithm := answer.Header.Get("x-cos-server-side-encryption-customer-algorithm")
		return seen{"algorithm": orNull(algorithm), "body": body}, nil
	}, customerKey("k")...)
	steps["sse-c-without-key"] = afterPut(func(key string) (any, error) {
		_, err := bodyOf(key)
		return failure(err)
	}, customerKey("k")...)
	steps["sse-c-other-key"] = afterPut(func(key string) (any, error) {
		_, _, err := get(plain, key, with(customerKey("o")...))
		return failure(err)
	}, customerKey("k")...)
	steps["symlink"] = func(key string) (any, error) {
		if err := link(key); err != nil {
			return nil, err
		}
		target, _, err := plain.Object.GetSymlink(ctx, key+"/link", nil)
		return seen{"target": target}, err
	}
	steps["symlink-read"] = func(key string) (any, error) {
		if err := link(key); err != nil {
			return nil, err
		}
		body, err := bodyOf(key + "/link")
		return seen{"body": body}, err
	}
	steps["archive-get"] = afterPut(func(key string) (any, error) {
		_, err := bodyOf(key)
		return failure(err)
	}, archive...)
	steps["archive-restore"] = afterPut(func(key string) (any, error) {
		status, err := statusOf(restore(key))
		if err != nil {
			return nil, err
		}
		found, err := head(key)
		return seen{"status": status, "restore": orNull(found.Get("x-cos-restore"))}, err
	}, archive...)
	steps["archive-restore-again"] = afterPut(func(key string) (any, error) {
		if _, err := restore(key); err != nil {
			return nil, err
		}
		_, err := restore(key)
		return failure(err)
	}, archive...)
	steps["restore-standard"] = afterPut(func(key string) (any, error) {
		_, err := restore(key)
		return failure(err)
	})
	steps["select-csv"] = selected("name,points\na,100\nb,200\nc,300\n",
		"SELECT s.name, s.points FROM COSObject s WHERE s.points > 100", csvInput(), csvOutput())
	steps["select-json"] = selected("{\"name\":\"a\",\"points\":1}\n{\"name\":\"b\",\"points\":2}\n",
		"SELECT s.name FROM COSObject s WHERE s.points = 2",
		&cos.SelectInputSerialization{JSON: &cos.JSONInputSerialization{Type: "LINES"}},
		&cos.SelectOutputSerialization{JSON: &cos.JSONOutputSerialization{}})
	steps["select-error"] = afterPut(func(key string) (any, error) {
		_, err := query(key, "SELEKT everything", csvInput(), csvOutput())
		return failure(err)
	})
	return steps
}
