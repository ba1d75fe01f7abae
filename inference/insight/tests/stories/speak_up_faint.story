# No device check, and faint from the first word on: the first seconds do not become the measure.
only speak_up
0:00 speak 140
0:00 level -16
0:40 end
expect hint speak_up between 0:10 and 0:20
expect volume_level under -6
expect words "faint"
hint 0:10.4 speak_up | faint at the microphone over the last seconds; come nearer to it
