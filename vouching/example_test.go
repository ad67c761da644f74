package vouching_test

import (
	"fmt"

	"bonafide.example/vouching"
)

// Two members of level 2 put 10 points each behind Zoe, who has earned nothing yet.
func ExampleEvaluate() {
	events := []vouching.Event{
		{Kind: vouching.KindEarn, ID: "1", At: 1, Member: "xavier", Points: 300},
		{Kind: vouching.KindEarn, ID: "2", At: 1, Member: "yann", Points: 400},
		{Kind: vouching.KindVouch, ID: "3", At: 2, Voucher: "xavier", Vouchee: "zoe", AcceptedBy: "zoe", Level: 1, Stake: 10},
		{Kind: vouching.KindVouch, ID: "4", At: 3, Voucher: "yann", Vouchee: "zoe", AcceptedBy: "zoe", Level: 1, Stake: 10},
	}
	state, err := vouching.Evaluate(vouching.Default(), events, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	zoe := state.Member("zoe")
	fmt.Println(zoe.Level, zoe.Kind)
	fmt.Println(state.Brake("xavier").Room)
	// Output:
	// 1 vouched
	// 140
}
