package sqlstore_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// Whatever of a guild is stored in its row must be noticed when it changes: a
// field that is new one day too.
func TestEachStoredFieldOfAGuildIsCompared(t *testing.T) {
	g := music.New("7")
	if other := music.New("7"); !sqlstore.SameState(&g, &other) {
		t.Error("two new guilds are not the same")
	}
	compared := 0
	var vary func(name string, of *music.Guild, v reflect.Value)
	vary = func(name string, of *music.Guild, v reflect.Value) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("json") != "-" {
					vary(name+"."+f.Name, of, v.Field(i))
				}
			}
			return
		case reflect.String:
			v.SetString(v.String() + "x")
		case reflect.Int, reflect.Int64:
			v.SetInt(v.Int() + 1)
		case reflect.Slice:
			v.Set(reflect.Append(v, reflect.New(v.Type().Elem()).Elem()))
		default:
			t.Fatalf("%s is of a kind that this test does not vary: %v", name, v.Kind())
		}
		before := music.New("7")
		if sqlstore.SameState(&before, of) {
			t.Errorf("a change of %s is not noticed", name)
		}
		was, errWas := json.Marshal(&before)
		is, errIs := json.Marshal(of)
		if errWas != nil || errIs != nil || string(was) == string(is) {
			t.Errorf("%s is not stored: %v, %v", name, errWas, errIs)
		}
		compared++
		*of = music.New("7")
	}
	vary("Guild", &g, reflect.ValueOf(&g).Elem())
	if compared < 8 {
		t.Errorf("only %d fields were compared", compared)
	}
}
